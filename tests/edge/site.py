"""A ledger on a real Redis, partners that write what is on their wire, a terminal."""

import json
from dataclasses import dataclass, field
from typing import Any

import redis

from serializers.deck.formats import FORMATS, OrderLink
from serializers.ingram.encode import SPELLINGS
from serializers.westcon import query
from serializers.westcon.reply import StatusLine
from tasks.ledger_values import Hint
from tasks.outcomes.errors import PermanentError
from tasks.outcomes.outcome import Outcome
from tasks.planning.rules import PlanRules
from tasks.receive import receive
from tasks.services import Services
from tests.defaults import endpoint_rule, plan_rules, retry
from tests.ledger.clock import World
from tests.tasks.fakes import FakeHints
from tests.tasks.fakes import World as Fakes
from tests.tasks.samples import reported, work
from tests.waybill.terminal import Terminal

#: One endpoint for each spelling, and one that refuses, for the dead letters.
NAMES = (*SPELLINGS, "refusing")
RULES = plan_rules(
    endpoints={n: endpoint_rule(body=n if n in SPELLINGS else "schema") for n in NAMES}
)


@dataclass(slots=True)
class Westcon:
    """Writes its query as the client does; every order has shipped a line."""

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        query.encode_query(query.StatusQuery("key", order_type, "EN", orders))
        return tuple(
            reported(
                "SHI", order_number=number, customer_order_number=number, quantity="2"
            )
            for number in orders
        )


@dataclass(slots=True)
class Deck:
    """Writes its request in each format that DECK is documented to take."""

    links: list[str] = field(default_factory=list)

    def link(self, order_number: str, customer_id: str) -> str:
        link = OrderLink("site", "key", "now", "user", order_number, customer_id)
        for format_ in FORMATS.values():
            format_.encode(link)
        self.links.append(order_number)
        return "code 0"


@dataclass(slots=True)
class Ingram:
    """Reads its notifications; one endpoint refuses all of it."""

    notified: list[tuple[str, str]] = field(default_factory=list)

    def send(
        self,
        endpoint: str,
        event_id: str,
        body: bytes,
        attempts: int,
        number: int = 0,
        trace: str = "",
    ) -> int:
        assert event_id
        assert attempts == 1
        assert number >= 0
        assert not trace
        for resource in json.loads(body)["resource"]:
            self.notified.append((endpoint, resource["orderNumber"]))
        if endpoint == "refusing":
            raise PermanentError("it refuses everything", code="http_400")
        return 202


@dataclass(slots=True)
class Site:
    """A ledger on a real Redis, partners at its edge, and the command line."""

    world: World
    waybill: Terminal
    deck: Deck = field(default_factory=Deck)
    ingram: Ingram = field(default_factory=Ingram)
    hints: FakeHints = field(default_factory=FakeHints)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    rules: PlanRules = RULES

    def services(self) -> Services:
        policy = retry((10.0,))
        return Fakes().services(
            ledger=self.world.ledger,
            hints=self.hints,
            westcon=Westcon(),
            deck=self.deck,
            ingram=self.ingram,
            rules=self.rules,
            policies=dict.fromkeys(self.world.destinations, policy),
            now_ms=lambda: _now_ms(self.world.redis),
        )

    def take_in(self, bodies: list[bytes]) -> set[str]:
        """Publish a batch and receive it; the codes of what was refused."""
        for body in bodies:
            self.world.stream.publish(body)
        ids = self.world.stream.read("edge", 100, 1)
        return {one.code for one in receive(ids, self.services()).refused}

    def work_off(self) -> None:
        """Work on what was hinted at and on what is due, while no time passes."""
        while True:
            while self.hints.sent:
                report = work(self.hints.sent.pop(0), self.services())
                self.outcomes |= report.outcomes
            due = [self._claimed(one) for one in self.world.destinations]
            self.hints.send([hint for hint in due if hint.claims])
            if not self.hints.sent:
                return

    def _claimed(self, name: str) -> Hint:
        known = self.world.destinations[name]
        return self.world.claims.claim(known, 0, 50, 500)


def _now_ms(client: redis.Redis) -> int:
    seconds, micros = client.time()
    return int(seconds * 1000 + micros // 1000)


def innocent(number: str, kind: str, **facts: Any) -> bytes:
    """An event as most are."""
    event = {"specversion": "1.0", "id": f"{number}-{kind}", "source": "/good"}
    data = {"order_number": number, "customer_id": "C-1", **facts}
    return json.dumps(event | {"type": f"order.{kind}", "data": data}).encode()


def beside(bodies: list[bytes]) -> list[bytes]:
    """A batch of them between innocent ones."""
    line = {"line_number": "10", "status": "SHI", "quantity": "2"}
    placed = innocent("GOOD-1", "placed", westcon={"order_number": "6999999999"})
    return [placed, *bodies, innocent("GOOD-2", "status_changed", lines=[line])]
