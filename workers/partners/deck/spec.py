"""Partner specification of DECK Commerce, which links orders to customers."""

from collections.abc import Iterator
from dataclasses import replace

from tasks.destination import Destination
from tasks.planning.rules import DECK as NAME
from tasks.planning.rules import PlanRules
from workers.partners.deck.settings import Deck
from workers.partners.spec import PartnerSpec, calls_of, destination


def _destinations(own: Deck, lease: float) -> Iterator[Destination]:
    for place, one in own.by_place().items():
        yield destination(place, one, one.max_leased, one.rate, lease)


def _rules(rules: PlanRules, own: Deck) -> PlanRules:
    return replace(rules, deck=own.in_use, sites=own.names or rules.sites)


DECK: PartnerSpec[Deck] = PartnerSpec(
    name=NAME,
    title="DECK",
    task="deck.link",
    settings=Deck,
    calls=calls_of("workers.partners.deck.calls.CALLS"),
    destinations=_destinations,
    rules=_rules,
    instances=Deck.by_place,
)
