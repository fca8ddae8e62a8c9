"""Each account and each site is called with what is its own, by its own name."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import redis
from pydantic import SecretStr

from serializers.westcon.reply import StatusLine
from serializers.westcon.shipment_detail import ShipmentDetail
from tasks.ledger_values import Hint
from tests.tasks.fakes import POLICY, RULES, World
from tests.tasks.samples import event, reported, take_in
from workers.partners.deck.settings import Deck, Site
from workers.partners.deck.spec import DECK
from workers.partners.reach import Reach
from workers.partners.westcon.settings import Account, Westcon
from workers.partners.westcon.spec import WESTCON
from workers.redis.clock import RedisClock

T = TypeVar("T")

BOTH = replace(
    RULES,
    accounts=frozenset({"default", "dach"}),
    sites=frozenset({"default", "us"}),
    poll=replace(RULES.poll, shipment_detail=False),
)


@dataclass
class Watch:
    """A stopwatch that remembers under which names calls were measured."""

    places: list[str] = field(default_factory=list)

    def time(self, destination: str, call: Callable[[], T]) -> T:
        self.places.append(destination)
        return call()

    def asked_for(self, destination: str, orders: int) -> None:
        assert (destination in {"westcon", "westcon/dach"}, orders) == (True, 1)

    def unknown_status(self, status: str) -> None:
        raise AssertionError(status)

    def unread(self, partner: str, field: str) -> None:
        raise AssertionError(partner, field)


@dataclass
class Called:
    """A partner that remembers with whose key it was called."""

    own: str
    calls: list[tuple[str, str]]

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        assert order_type == "W"
        self.calls.append((self.own, orders[0]))
        return (reported(order_number=orders[0]),)

    def shipment_detail(self, order_type: str, order: str) -> ShipmentDetail:
        raise AssertionError(order_type, order)

    def link(self, order_number: str, customer_id: str) -> str:
        assert customer_id == "C-1"
        self.calls.append((self.own, order_number))
        return "code 0"

    def look(self, order_number: str, customer_id: str) -> str:
        raise AssertionError(order_number, customer_id)


def placed(world: World, number: str, **fields: Any) -> list[Hint]:
    one = event("placed", id=number, order_number=number, **fields)
    take_in(world, one)
    sent, world.hints.sent = world.hints.sent, []
    return sent


def test_each_is_called_with_its_own_key_and_measured_by_its_own_name() -> None:
    nobody = redis.Redis()
    reach = Reach("westcon", nobody, RedisClock(nobody), 1, 20.0)
    world, calls, watch = World(rules=BOTH), list[tuple[str, str]](), Watch()
    accounts = {"dach": Account(partner_key=SecretStr("dach's"))}
    westcon = Westcon(partner_key=SecretStr("default's"), accounts=accounts)
    deck = Deck(site_code="default's", sites={"us": Site(site_code="us's")})
    asks = replace(
        WESTCON.calls(),
        client=lambda own, _: Called(own.partner_key.get_secret_value(), calls),
    )
    asked = replace(DECK.calls(), client=lambda own, _: Called(own.site_code, calls))
    polls = replace(WESTCON, calls=lambda: asks).connected(westcon, reach, watch)
    links = replace(DECK, calls=lambda: asked).connected(deck, reach, watch)
    hints = [
        *placed(world, "61", westcon_number="61", customer_id="C-1"),
        *placed(
            world,
            "62",
            westcon_number="62",
            westcon_account="dach",
            deck_site="us",
            customer_id="C-1",
        ),
    ]

    services = world.services()
    for hint in hints:
        everywhere = {**services.policies, hint.destination: POLICY}
        work = polls if hint.destination.startswith("westcon") else links
        work(hint, replace(services, policies=everywhere))

    places = dict(zip(watch.places, calls, strict=True))
    assert places == {
        "westcon": ("default's", "61"),
        "westcon/dach": ("dach's", "62"),
        "deck": ("default's", "61"),
        "deck/us": ("us's", "62"),
    }
