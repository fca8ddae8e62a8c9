"""A ledger full of orders, made by the product's own plans and scripts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import redis

from serializers.events.decode import EventType, OrderEvent, digest
from serializers.reconcile.finding import Kind
from serializers.westcon.reply import StatusLine
from tasks.ledger_values import (
    Admission,
    Advance,
    Claim,
    Delivery,
    Held,
    Hint,
    Look,
    Settlement,
)
from tasks.outcomes.outcome import Done, GiveUp
from tasks.planning.plan import plan
from tasks.planning.rules import DECK, WESTCON, destination_of
from tasks.planning.watches import watch_changes
from tasks.polling.compare import compare
from tests.reconcile.seeds import Seed
from workers.dispatch.room import FixedRoom
from workers.ledger.claims import Claims
from workers.ledger.identity.metadata import found
from workers.ledger.store import RedisLedger
from workers.settings.settings import Settings
from workers.wiring.ledger import ledger_parts
from workers.wiring.partners import plan_rules_of

SOURCE = "/erp/tests"
ENDPOINTS = ("acme", "globex")
RUN = "a-run-of-the-filler"
#: Orders of one round trip.
BATCH = 500
#: Seconds until the next look: none of them comes in a test.
FAR = 20_000.0
#: Days since Westcon's lines have moved.
DAYS = 4


@dataclass(frozen=True, slots=True)
class Told:
    """A notification as its receiver keeps it."""

    endpoint: str
    event_id: str
    order: str
    status: str


@dataclass
class Filler:
    """Fills a ledger.

    Attributes:
        told: the notifications that were delivered.
    """

    client: redis.Redis
    settings: Settings
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        found(self.client, self.settings.partitions)
        self.parts = ledger_parts(self.settings, self.client)
        self.parts.rosters.join(ENDPOINTS)
        self.parts.stream.make()
        parts = self.parts
        arguments = (
            parts.stream,
            parts.destinations,
            FixedRoom(direct=False, most=10**9),
            parts.retention,
        )
        places, scripts = parts.places, parts.scripts
        self.store = RedisLedger(self.client, *arguments, places, scripts)
        self.claims = Claims(parts.scripts, parts.retention)
        self.rules = plan_rules_of(self.settings)

    def fill(self, seeds: Sequence[Seed]) -> None:
        """Place these orders, look at each once, and deliver all that follows."""
        here = [one for one in seeds if one.is_here]
        for n in range(0, len(here), BATCH):
            some = {one.number: one for one in here[n : n + BATCH]}
            self.store.admit([self._placed(one) for one in some.values()])
            for place in dict.fromkeys(one.place for one in some.values()):
                self._settle(destination_of(DECK, place), some)
                self._look(destination_of(WESTCON, place), some)
            for endpoint in ENDPOINTS:
                self._settle(f"ingram/{endpoint}", some)

    def _placed(self, seed: Seed) -> Admission:
        event = OrderEvent(
            id=f"{seed.number}:placed",
            source=SOURCE,
            type=EventType.PLACED,
            time_ms=self._now_ms() - 6 * 86_400_000,
            order_number=seed.number,
            purchase_order=seed.purchase_order,
            customer_id=seed.customer,
            westcon_number=seed.westcon,
            deck_number=seed.number,
            westcon_account=seed.place,
            deck_site=seed.place,
        )
        held = Held(None, 0, roster=self.store.roster(0))
        entry = f"{self._now_ms()}-{seed.n}"
        made = plan(event, entry, held, self.rules, self._now_ms())
        return Admission(
            entry=entry,
            digest=digest(event.source, event.id),
            mark=f"test:{seed.n}",
            order=made.order,
            version=0,
            watches=watch_changes(made, event.type, self.rules),
            deliveries=made.deliveries,
            notes=made.notes,
            roster=held.roster.version,
            source=event.source,
        )

    def _look(self, destination: str, some: Mapping[str, Seed]) -> None:
        hint = self._claimed(destination)
        looks = [one for one in self._begun(hint) if isinstance(one, Look)]
        dead = [one for one in looks if _dies(some[one.order.number], "watch")]
        seen = [self._seen(some[one.order.number], one) for one in looks]
        buried = {one.claim for one in dead}
        kept = [one for one in seen if one.claim not in buried]
        self.store.advance(hint, RUN, kept)
        self.store.settle(hint, RUN, [_given_up(one.claim) for one in dead])

    def _seen(self, seed: Seed, look: Look) -> Advance:
        held = Held(look.order, look.version, roster=self.store.roster(0))
        lines, now_ms = (line_of(seed),), self._now_ms()
        advance = compare(
            look.claim, held, lines, self.rules, now_ms, 0.5, asked_ms=look.asked_ms
        )
        assert isinstance(advance, Advance), advance
        ends = advance.next_look is None
        return replace(advance, next_look=None if ends else FAR)

    def _settle(self, destination: str, some: Mapping[str, Seed]) -> None:
        while (hint := self._claimed(destination)).claims:
            begun = [one for one in self._begun(hint) if isinstance(one, Delivery)]
            assert begun
            self.store.settle(hint, RUN, [self._ended(one, some) for one in begun])

    def _ended(self, one: Delivery, some: Mapping[str, Seed]) -> Settlement:
        seed, kind = some[one.order_number], one.kind.value
        event_id, _, endpoint = one.id.partition(".")
        # Of a notification that is given up at one endpoint the other one is told.
        if _dies(seed, kind) and (kind == "link" or endpoint == "acme"):
            return _given_up(one.claim)
        if kind != "link":
            self.told.append(Told(endpoint, event_id, seed.number, seed.status))
        return Settlement(one.claim, Done(), "http 200")

    def _claimed(self, destination: str) -> Hint:
        known = self.parts.destinations[destination]
        return self.claims.claim(known, 0, BATCH, 10**9)

    def _begun(self, hint: Hint) -> Sequence[object]:
        return self.store.begin(hint, hint.claims, RUN)

    def _now_ms(self) -> int:
        return int(datetime.now(UTC).timestamp() * 1000)


def _dies(seed: Seed, what: str) -> bool:
    return seed.has(Kind.DEAD_LETTER, what)


def _given_up(claim: Claim) -> Settlement:
    outcome = GiveUp("the partner answered 400", "http_400")
    return Settlement(claim, outcome, "http_400")


def day() -> str:
    """The day on which Westcon's lines have moved, yyyymmdd."""
    return (datetime.now(UTC) - timedelta(days=DAYS)).strftime("%Y%m%d")


def line_of(seed: Seed) -> StatusLine:
    """The only line of an order, as Westcon's stand-in reports it."""
    at = f"{day()[:4]}-{day()[4:6]}-{day()[6:]}"
    left = seed.status in {"SHI", "INV"}
    return StatusLine(
        order_number=seed.westcon,
        line_number="10",
        customer_order_number=seed.purchase_order,
        customer_line_number="",
        product_number="SKU-1",
        quantity="2",
        status=seed.status,
        status_date=at,
        ship_date=at if left else "",
        invoice=f"9{seed.westcon:0>9}"[:10] if seed.status == "INV" else "",
    )
