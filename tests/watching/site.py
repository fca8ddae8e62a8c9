"""Westcon polled for real: the ledger in Redis, the client, a stand-in on a socket.

Only the scripts' clock and the dice are the test's. Every worker has its own client of
Redis, its own gates and its own copy of the token, as processes have.
"""

import itertools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import redis

from sandbox.server import Sandbox
from serializers.order_record import Order
from serializers.westcon.reply import StatusLine
from serializers.westcon.shipment_detail import ShipmentDetail
from tasks.execution.report import Report
from tasks.ledger_values import Hint, WatchMove
from tasks.planning.rules import WESTCON, PlanRules
from tasks.polling.poll import poll
from tasks.services import Westcon
from tests.defaults import destination, endpoint_rule, plan_rules, retry
from tests.ledger import acts
from tests.ledger.clock import KNOWN, World, build
from tests.partners.partners import westcon, westcon_tokens
from tests.tasks.fakes import FakeHints, Worker
from tests.tasks.fakes import World as Fakes
from workers.http.client import HttpClient
from workers.ledger.gates import Gates
from workers.redis import answers

RULES = plan_rules(endpoints={"acme": endpoint_rule()})
#: Tries enough for leases that end again and again.
MANY = retry((1.0,) * 99, throttled_waits=True)
LIMITS = destination(
    WESTCON, MANY, max_leased=500, per_call=10, soon_seconds=30.0, soon_share=0.25
)
WIDE = tuple(LIMITS if one.name == WESTCON else one for one in KNOWN)


@dataclass(frozen=True, slots=True)
class Halted:
    """Westcon, whose answers wait until the test has done something meanwhile."""

    asked: Westcon
    meanwhile: Callable[[], object]

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        lines = self.asked.order_status(order_type, orders)
        self.meanwhile()
        return lines

    def shipment_detail(self, order_type: str, order: str) -> ShipmentDetail:
        return self.asked.shipment_detail(order_type, order)


@dataclass(slots=True)
class Site:
    """One ledger, one stand-in, any number of workers."""

    world: World
    sandbox: Sandbox
    http: HttpClient
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    runs: Any = field(default_factory=itertools.count)

    def westcon(self, **differently: Any) -> Westcon:
        """A worker's client, with a memory of its own for the token."""
        tokens = westcon_tokens(self.sandbox, self.http, self.world.redis)
        return westcon(f"{self.sandbox.url}/westcon", self.http, tokens, **differently)

    def worker(self, asked: Westcon | None = None, rules: PlanRules = RULES) -> Worker:
        """A worker, as far as its tasks know one."""
        clock = self.world.clock
        return Fakes().services(
            ledger=self.world.ledger,
            hints=FakeHints(),
            gates=Gates(self.world.scripts, self.world.destinations),
            westcon=asked or self.westcon(),
            rules=rules,
            policies={WESTCON: MANY},
            now_ms=lambda: clock.now_ms,
            dice=self.dice.random,
            token=lambda: f"run-{next(self.runs)}",
        )

    def watch(self, *numbers: str, **fields: Any) -> Hint:
        """Start watching orders; their hint, leased as an event leases it."""
        hints: list[Hint] = []
        for number in numbers:
            order = Order(
                number,
                westcon_number=fields.pop("westcon_number", f"6{number}"),
                seen_ms=self.world.clock.now_ms,
                changed_ms=self.world.clock.now_ms,
                **fields,
            )
            one = acts.admission(self.world, number=number, watch=WatchMove.START)
            hints += self.world.ledger.admit([replace(one, order=order)])[0].leased
        return acts.joined(hints)

    def claim(self, most: int = 10) -> Hint:
        """What Release would hint at now."""
        return acts.claim(self.world, WESTCON, most)

    def polled(self, hint: Hint, worker: Worker | None = None) -> Report:
        asked = worker or self.worker()
        return poll(asked.westcon, hint, asked)

    def pass_lease(self) -> None:
        """Let every lease end."""
        self.world.clock.advance(self.world.retention.lease)

    def reported(self, number: str, endpoint: str = "acme") -> list[tuple[str, str]]:
        """What an endpoint is notified of an order, in the order of its lane."""
        lane = f"lane:{len(number)}:{number}ingram/{endpoint}"
        client, root = self.world.redis, acts.root(self.world, number)
        refs = [answers.text(ref) for ref in client.lrange(root + lane, 0, -1)]
        bodies = [answers.octets(client.hget(root + ref, "payload")) for ref in refs]
        return [line for body in bodies for line in _lines(body)]

    def left(self) -> int:
        """How many orders are still watched."""
        client, root = self.world.redis, acts.root(self.world, "1")
        sets = (f"{root}{name}:{WESTCON}" for name in ("due", "leased"))
        return sum(answers.number(client.zcard(one)) for one in sets)


def _lines(payload: bytes) -> list[tuple[str, str]]:
    return [
        (line["LineNumber"], line["lineStatus"])
        for resource in json.loads(payload)["resource"]
        for line in resource["lines"]
    ]


def built(client: redis.Redis, sandbox: Sandbox, http: HttpClient) -> Site:
    """A site on an empty Redis."""
    return Site(build(client, known=WIDE), sandbox, http)
