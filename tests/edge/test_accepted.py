"""What `publish` accepts can be admitted, polled, told, explained and shown.

And it never delays an innocent order beside it in the same batch.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import settings as stand_ins
from serializers import westcon
from serializers.deck import FORMATS, OrderLink
from serializers.ingram import SPELLINGS
from serializers.westcon_reply import StatusLine
from tasks.errors import PermanentError
from tasks.outcome import Done, Outcome
from tasks.plan_rules import EndpointRule, PlanRules
from tasks.receive import receive
from tasks.retry import RetryPolicy
from tasks.services import Services
from tasks.work import Hint
from tests.cli.terminal import Terminal, ledger_of
from tests.edge.odd import EVENTS
from tests.ledger.clock import World
from tests.redis_servers import RedisServer
from tests.tasks.fakes import FakeHints
from tests.tasks.fakes import World as Fakes
from tests.tasks.samples import told, work
from workers.cli.publish import check
from workers.cli.sandbox_environment import environment

#: One endpoint for each spelling, and one that refuses, for the dead letters.
NAMES = (*SPELLINGS, "refusing")
RULES = PlanRules(
    endpoints={
        n: EndpointRule(n, body=n if n in SPELLINGS else "schema") for n in NAMES
    }
)


@dataclass(slots=True)
class Westcon:
    """Writes its query as the client does; every order has shipped a line."""

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        westcon.encode_query(westcon.StatusQuery("key", order_type, "EN", orders))
        return tuple(
            told("SHI", order_number=number, customer_order_number=number)
            for number in orders
        )


@dataclass(slots=True)
class Deck:
    """Writes its request in each format that DECK is said to take."""

    links: list[str] = field(default_factory=list)

    def link(self, order_number: str, customer_id: str) -> str:
        link = OrderLink("site", "key", "now", "user", order_number, customer_id)
        for format_ in FORMATS.values():
            format_.encode(link)
        self.links.append(order_number)
        return "code 0"


@dataclass(slots=True)
class Ingram:
    """Reads what it is told; one endpoint refuses all of it."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def notify(
        self, endpoint: str, event_id: str, body: bytes, tries: int, number: int = 0
    ) -> int:
        assert event_id
        assert tries == 1
        assert number >= 0
        for resource in json.loads(body)["resource"]:
            self.told.append((endpoint, resource["orderNumber"]))
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

    def services(self) -> Services:
        policy = RetryPolicy((10.0,))
        return Fakes().services(
            ledger=self.world.ledger,
            hints=self.hints,
            westcon=Westcon(),
            deck=self.deck,
            ingram=self.ingram,
            rules=RULES,
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


@pytest.fixture
def environ(redis_server: RedisServer) -> dict[str, str]:
    """Settings with the endpoints of the rules."""
    secret = stand_ins.RECEIVER_SECRETS["acme"][0]
    endpoint = {
        "mode": "direct",
        "target_url": "http://127.0.0.1:9/",
        "secrets": [secret],
    }
    return environment("http://127.0.0.1:9") | {
        "WAYBILL_REDIS_URL": redis_server.url,
        "WAYBILL_INGRAM__ENDPOINTS": json.dumps(dict.fromkeys(NAMES, endpoint)),
    }


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


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(EVENTS, min_size=1, max_size=6, unique_by=lambda one: one["id"]))
def test_what_publish_accepts_goes_all_the_way_and_delays_nobody(
    redis: redis.Redis, environ: dict[str, str], events: list[Any]
) -> None:
    redis.flushall()
    site = Site(ledger_of(redis, environ), Terminal(environ))
    bodies = [json.dumps(event).encode() for event in events]
    accepted = [body for body in bodies if check(body).accepted]

    refused = site.take_in(beside(accepted))
    site.work_off()

    assert refused == set()
    assert "GOOD-1" in site.deck.links
    for good in ("GOOD-1", "GOOD-2"):
        assert {(name, good) for name in NAMES} <= set(site.ingram.told)
    for ref, outcome in site.outcomes.items():
        if not isinstance(outcome, Done):
            assert "unexpected" not in outcome.reason, (ref, outcome)
            assert outcome.code in {"http_400", "nao", "no_reference", "missing_order"}
    for number in {check(body).order for body in accepted}:
        assert number is not None
        words = site.waybill("explain", "--", number)
        assert words.exit_code == 0, words.output
        document = json.loads(site.waybill("explain", "--json", "--", number).stdout)
        assert document["order"] == number
    _show_letters(site)


def _show_letters(site: Site) -> None:
    letters = site.waybill.json("dead-letters", "list")
    assert letters
    assert site.waybill("dead-letters", "list").exit_code == 0
    for letter in letters[:3]:
        assert site.waybill("dead-letters", "show", letter["id"]).exit_code == 0
        shown = site.waybill("dead-letters", "show", "--json", letter["id"])
        assert json.loads(shown.stdout)["id"] == letter["id"]
