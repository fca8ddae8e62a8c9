"""Calls to DECK Commerce: its client, measured, and what is done with its hints."""

from collections.abc import Iterator
from functools import partial

from tasks.execution.drain import HintRun
from tasks.execution.link import link
from tasks.planning.rules import DECK as NAME
from tasks.services import Deck as Linked
from workers.partners.calls import PartnerCalls, Stopwatch
from workers.partners.check import Check
from workers.partners.deck.client import DeckAccess, DeckClient
from workers.partners.deck.settings import Deck
from workers.partners.deck.signed_call import DECK as TITLE
from workers.partners.reach import Reach
from workers.partners.reachability import base_url


def client(own: Deck, reach: Reach) -> DeckClient:
    """The client's DECK site."""
    access = DeckAccess(
        base_url=own.base_url,
        site_code=own.site_code,
        api_key=own.api_key.get_secret_value(),
        api_username=own.api_username,
        format=own.format,
        deadline=reach.deadline,
        extra_headers=own.extra_headers,
        codes=own.codes,
        timestamp_format=own.timestamp_format,
        read_back=own.read_back,
        instance=own.instance,
    )
    return DeckClient(reach.http(own), access, reach.clock.now, reach.observer)


class MeasuredDeck:
    """A site, measured."""

    def __init__(self, deck: Linked, stopwatch: Stopwatch, place: str = NAME) -> None:
        self._deck = deck
        self._place = place
        self._stopwatch = stopwatch

    def link(self, order_number: str, customer_id: str) -> str:
        """See `tasks.services.Deck`; raises PartnerError or DecodeError."""
        link, place = self._deck.link, self._place
        return self._stopwatch.time(place, lambda: link(order_number, customer_id))

    def look(self, order_number: str, customer_id: str) -> str:
        """See `tasks.services.Deck`; raises PartnerError."""
        look, place = self._deck.look, self._place
        return self._stopwatch.time(place, lambda: look(order_number, customer_id))


def _measured(linked: Linked, own: Deck, stopwatch: Stopwatch) -> Linked:
    return MeasuredDeck(linked, stopwatch, own.instance.destination)


def _work(linked: Linked) -> HintRun:
    return partial(link, linked)


def _checks(own: Deck, reach: Reach, offline: bool) -> Iterator[Check]:  # noqa: FBT001 (as the spec calls it)
    for one in () if offline else own.each():
        yield from base_url(reach.http(one), TITLE, one.base_url, one.instance)


CALLS: PartnerCalls[Deck, Linked] = PartnerCalls(
    client=client, measured=_measured, work=_work, checks=_checks
)
