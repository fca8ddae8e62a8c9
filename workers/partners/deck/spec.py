"""Partner specification of DECK Commerce, which links orders to customers."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from tasks.destination import Destination
from tasks.execution.drain import HintRun
from tasks.execution.link import link
from tasks.planning.rules import DECK as NAME
from tasks.planning.rules import PlanRules
from tasks.services import Deck as Linked
from workers.partners.check import Check
from workers.partners.deck.client import DeckAccess, DeckClient
from workers.partners.deck.settings import Deck
from workers.partners.reach import Reach
from workers.partners.reachability import base_url
from workers.partners.spec import PartnerSpec, Stopwatch, destination


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
    )
    return DeckClient(reach.http(own), access, reach.clock.now)


class MeasuredDeck:
    """NAME, measured."""

    def __init__(self, deck: Linked, stopwatch: Stopwatch) -> None:
        self._deck = deck
        self._stopwatch = stopwatch

    def link(self, order_number: str, customer_id: str) -> str:
        """See `tasks.services.Deck`; raises PartnerError or DecodeError."""
        link = self._deck.link
        return self._stopwatch.time(NAME, lambda: link(order_number, customer_id))

    def look(self, order_number: str, customer_id: str) -> str:
        """See `tasks.services.Deck`; raises PartnerError."""
        look = self._deck.look
        return self._stopwatch.time(NAME, lambda: look(order_number, customer_id))


def _measured(linked: Linked, _own: Deck, stopwatch: Stopwatch) -> Linked:
    return MeasuredDeck(linked, stopwatch)


def _work(linked: Linked) -> HintRun:
    return partial(link, linked)


def _destinations(own: Deck, lease: float) -> Iterator[Destination]:
    yield destination(NAME, own, own.max_leased, own.rate, lease)


def _rules(rules: PlanRules, own: Deck) -> PlanRules:
    return replace(rules, deck=own.in_use)


def _checks(own: Deck, reach: Reach, offline: bool) -> Iterator[Check]:  # noqa: FBT001 (as the spec calls it)
    if own.in_use and not offline:
        yield from base_url(reach.http(own), "DECK", own.base_url)


DECK: PartnerSpec[Deck, Linked] = PartnerSpec(
    name=NAME,
    title="DECK",
    task="deck.link",
    settings=Deck,
    client=client,
    measured=_measured,
    work=_work,
    destinations=_destinations,
    checks=_checks,
    rules=_rules,
)
