"""A world that remembers: partners, gates, hints, a clock and dice the test owns."""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from serializers.westcon.reply import StatusLine
from serializers.westcon.shipment_detail import ShipmentDetail
from tasks.ledger_values import Hint
from tasks.outcomes.outcome import Outcome
from tasks.outcomes.retry import RetryPolicy
from tasks.planning.rules import DECK, SHIPMENTS, WESTCON, PlanRules
from tasks.services import Deck, Ingram, Services, Westcon
from tests.defaults import endpoint_rule, plan_rules, retry
from tests.tasks.fake_items import Item
from tests.tasks.fake_ledger import FakeLedger

ACME, BRAVO = "ingram/acme", "ingram/bravo"
POLICY = retry((10.0, 20.0, 40.0), retry_after_max=3_600.0)
RULES = plan_rules(endpoints={"acme": endpoint_rule(), "bravo": endpoint_rule()})

#: 2026-03-01T12:00:00.123Z.
START_MS = 1_772_366_400_123


@dataclass(slots=True)
class Clock:
    """Time that passes when the test wants it."""

    ms: int = START_MS

    def now_ms(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1000

    def pass_seconds(self, seconds: float) -> None:
        self.ms += int(seconds * 1000)


@dataclass(slots=True)
class FakeHints:
    """Remembers what was sent."""

    sent: list[Hint] = field(default_factory=list)

    def send(self, hints: Sequence[Hint]) -> None:
        self.sent += hints


@dataclass(slots=True)
class FakeGates:
    """Remembers the reports; `open_after` failures close it for 30 s."""

    reported: list[tuple[str, str]] = field(default_factory=list)
    closed: dict[str, float] = field(default_factory=dict)
    reasons: dict[str, tuple[str, bool]] = field(default_factory=dict)
    open_after: int = 5

    def served(self, destination: str) -> None:
        self.reported.append(("served", destination))

    def failed(self, destination: str, code: str = "") -> float:  # noqa: ARG002 (the protocol's signature)
        self.reported.append(("failed", destination))
        return (
            30.0 if self.reported.count(self.reported[-1]) >= self.open_after else 0.0
        )

    def wait(self, destination: str) -> float:
        return self.closed.get(destination, 0.0)

    def unused(self, destination: str) -> None:
        self.reported.append(("unused", destination))

    def is_closed(self, destination: str) -> bool:
        return destination in self.closed

    def close(
        self, destination: str, seconds: float, why: str = "", *, probe: bool = False
    ) -> None:
        self.reported.append(("close", destination))
        self.closed[destination] = seconds
        self.reasons[destination] = (why, probe)


@dataclass(slots=True)
class FakeWestcon:
    """Knows some lines; answers at most `most` orders and drops the rest.

    Attributes:
        lines: what it knows, by order number as asked for.
        bad: orders that spoil a call, by the error it ends with.
        errors: what the next calls end with, None for an answer.
        asked: every call.
        details: what it knows of orders' parcels, by Westcon's number.
        refusals: what a call for an order's parcels ends with.
        detailed: every such call.
    """

    lines: dict[str, tuple[StatusLine, ...]] = field(default_factory=dict)
    bad: dict[str, Exception] = field(default_factory=dict)
    errors: list[Exception | None] = field(default_factory=list)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    details: dict[str, ShipmentDetail] = field(default_factory=dict)
    refusals: dict[str, Exception] = field(default_factory=dict)
    detailed: list[str] = field(default_factory=list)
    most: int = 10

    def shipment_detail(self, order_type: str, order: str) -> ShipmentDetail:  # noqa: ARG002 (the protocol's signature)
        self.detailed.append(order)
        if order in self.refusals:
            raise self.refusals[order]
        return self.details.get(order, ShipmentDetail())

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        self.asked.append((order_type, orders))
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        for number in orders:
            if number in self.bad:
                raise self.bad[number]
        answered = [n for n in orders[: self.most] if n not in self.dropped]
        if len(orders) == 1:
            answered = list(orders)
        return tuple(line for n in answered for line in self.lines.get(n, ()))


@dataclass(slots=True)
class FakeDeck:
    """Remembers links in the order in which they were made, and looks for them."""

    links: list[tuple[str, str]] = field(default_factory=list)
    looks: list[tuple[str, str]] = field(default_factory=list)
    errors: list[Exception | None] = field(default_factory=list)

    def link(self, order_number: str, customer_id: str) -> str:
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        self.links.append((order_number, customer_id))
        return "code 0"

    def look(self, order_number: str, customer_id: str) -> str:
        self.looks.append((order_number, customer_id))
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        return "read back"


@dataclass(slots=True)
class FakeIngram:
    """Remembers notifications in the order in which they arrived."""

    received: list[tuple[str, str, bytes, int]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    errors: list[Exception | None] = field(default_factory=list)

    def send(
        self,
        endpoint: str,
        event_id: str,
        body: bytes,
        attempts: int,
        number: int = 0,
        trace: str = "",  # noqa: ARG002 (it is for who wants it)
    ) -> int:
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        self.received.append((endpoint, event_id, body, attempts))
        self.numbers.append(number)
        return 202

    def notified(self, endpoint: str = "acme") -> list[tuple[str, str]]:
        """Line number and status, in the order in which the endpoint was notified."""
        bodies = [json.loads(body) for name, _, body, _ in self.received]
        names = [name for name, *_ in self.received]
        return [
            (line["LineNumber"], line["lineStatus"])
            for name, body in zip(names, bodies, strict=True)
            if name == endpoint
            for resource in body["resource"]
            for line in resource["lines"]
        ]


@dataclass(slots=True)
class FakeEndpoints:
    """Remembers what it was notified of each endpoint."""

    reported: list[tuple[str, str, str]] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)

    def served(self, endpoint: str) -> None:
        self.reported.append(("served", endpoint, ""))

    def failed(self, endpoint: str, code: str, *, gave_up: bool = False) -> None:
        self.reported.append(("failed", endpoint, code))
        self.given_up += [code] * gave_up

    def disable(self, endpoint: str, why: str) -> None:
        self.reported.append(("disable", endpoint, why))


@dataclass(slots=True)
class FakeEnds:
    """Remembers what each partner's items came to."""

    noted: list[tuple[str, Outcome]] = field(default_factory=list)

    def note(self, destination: str, outcome: Outcome) -> None:
        self.noted.append((destination, outcome))


@dataclass(frozen=True, kw_only=True)
class Worker(Services):
    """The services with the clients that a worker's tasks are bound to."""

    westcon: Westcon
    deck: Deck
    ingram: Ingram


@dataclass(slots=True)
class World:
    """Everything that the tasks can touch."""

    clock: Clock = field(default_factory=Clock)
    hints: FakeHints = field(default_factory=FakeHints)
    gates: FakeGates = field(default_factory=FakeGates)
    westcon: FakeWestcon = field(default_factory=FakeWestcon)
    deck: FakeDeck = field(default_factory=FakeDeck)
    ingram: FakeIngram = field(default_factory=FakeIngram)
    endpoints: FakeEndpoints = field(default_factory=FakeEndpoints)
    ends: FakeEnds = field(default_factory=FakeEnds)
    dice: float = 0.5
    stopping: bool = False
    hint_size: int = 0
    seconds: float = 0.5
    rules: PlanRules = RULES
    ledger: FakeLedger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = FakeLedger(self.clock.now_ms)

    def services(self, **overrides: Any) -> Worker:
        tokens = (f"run-{n}" for n in itertools.count())
        made = Worker(
            westcon=self.westcon,
            deck=self.deck,
            ingram=self.ingram,
            ledger=self.ledger,
            hints=self.hints,
            gates=self.gates,
            endpoints=self.endpoints,
            ends=self.ends,
            rules=self.rules,
            policies=_policies(),
            hint_size=lambda _: self.hint_size,
            seconds=lambda _: self.seconds,
            hold_seconds=20.0,
            now_ms=self.clock.now_ms,
            monotonic=self.clock.monotonic,
            dice=lambda: self.dice,
            token=lambda: next(tokens),
            stopping=lambda: self.stopping,
        )
        return replace(made, **overrides)

    def items_at(self, destination: str) -> list[Item]:
        return self.ledger.deliveries(destination)


def services(**overrides: Any) -> Worker:
    """Services of a world that nobody looks at afterwards."""
    return World().services(**overrides)


def _policies() -> Mapping[str, RetryPolicy]:
    waits = replace(POLICY, throttled_waits=True)
    known = (SHIPMENTS, DECK, ACME, BRAVO)
    return {WESTCON: waits, **dict.fromkeys(known, POLICY)}
