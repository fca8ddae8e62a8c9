"""How events come into a ledger, each deed with the rules that it must keep."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from serializers.events.entry_fields import payload
from serializers.order_record import Order
from tasks.ledger_values import (
    Admission,
    Hint,
    NewDelivery,
    WatchMove,
    WriteResult,
    Written,
)
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.endpoint_book import EndpointBook
from tests.ledger.feed import Feed
from tests.ledger.gate_oracle import GateBook
from tests.ledger.invariants import Invariants
from tests.ledger.partner import Made
from tests.ledger.skew import Skew
from tests.ledger.starts import starting
from workers.ledger import keys

#: An event of which nothing can be read begins like this.
UNREADABLE = b"?"

#: No entry, of an event that comes by none.
NOWHERE = "1-0"


class EventActions:
    """Publishes and admits; what may be lost on the way is the caller's.

    Attributes:
        hints: those that are under way; one may come twice.
        made: the calls whose end is not reported.
        admitted: every event that was admitted.
        parked: the disabled destinations.
        skew: workers that know different endpoints.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.judge = Invariants()
        self.gates = GateBook(world)
        self.endpoints = EndpointBook(world)
        self.feed = Feed(world)
        self.hints: list[Hint] = []
        self.made: list[Made] = []
        self.admitted: list[Admission] = []
        self.parked: set[str] = set()
        self.skew = Skew(world)
        self.starts = starting(world)
        self._planned: dict[bytes, tuple[str, WatchMove, Sequence[NewDelivery]]] = {}
        self._sending: set[str] = set()
        self._reported = ""
        self._named = 0

    def name(self, what: str) -> str:
        self._named += 1
        return f"{what}{self._named:04}"

    def admit(
        self,
        number: str,
        new: Sequence[NewDelivery],
        move: WatchMove,
        digest: str = "",
        entry: str = "",
        *,
        kept: bool = True,
    ) -> None:
        """Admit an event, and change the order with it; its hints may be lost."""
        digest = digest or self.name("event")
        before = acts.state(self.world, keys.watch_ref("westcon", number), number)
        self.enter(new, number)
        one = acts.admission(self.world, new, number, move, digest)
        order = one.order._replace(purchase_order=self.name("PO"))
        # Some events of every order come from another ERP.
        source = "/erp/b" if self._named % 5 == 0 else "/erp/a"
        one = replace(one, order=order, source=source, entry=entry or NOWHERE)
        root = acts.root(self.world, number)
        if not self.world.redis.exists(keys.record(root, number)):
            # Its number is used again.
            self.judge.sources.pop(number, None)
        # Some processes have a thread free that goes on with it.
        self.starts.free = self._named % 3 == 0
        roster = self.skew.joined(number, lambda: self.world.ledger.admit([one]))
        answers = self.world.ledger.admit([replace(one, roster=roster)])
        self.judge.moves(number, move, before)
        self.judge.comes_from(number, source, answers[0].merged)
        self._writes(answers, one.order, kept=kept)
        self.admitted.append(one)

    def enter(self, new: Iterable[NewDelivery], number: str) -> None:
        for one in new:
            self.judge.enters(one, number)
            if self.world.destinations[one.destination].holds:
                self.judge.held.add(keys.delivery_ref(one.id))

    def repeat(self, old: Admission, way: WriteResult, entry: str = "") -> None:
        """An event comes again, or with another meaning, or was planned too late."""
        late = replace(old, digest=self.name("event"), deliveries=self._never())
        now = self.world.ledger.orders([old.order.number])[0].version
        if way is WriteResult.STALE and now == old.version:
            # The order was forgotten, and counts from the beginning.
            return
        again = {
            WriteResult.DUPLICATE: old,
            WriteResult.CONFLICT: replace(old, mark="2:other"),
            WriteResult.STALE: late,
        }
        seen = old.mark if way is WriteResult.CONFLICT else ""
        one = replace(again[way], entry=entry or NOWHERE)
        assert self.world.ledger.admit([one]) == [Written(way, seen=seen)]

    def _never(self) -> tuple[NewDelivery, ...]:
        """The deliveries of a plan that comes too late."""
        return (acts.notification(self.name("never")),)

    def _writes(
        self, answers: list[Written], order: Order | None, *, kept: bool
    ) -> None:
        (written,) = answers
        assert written.verdict in {WriteResult.ADMITTED, WriteResult.ADVANCED}
        if order is not None:
            self.judge.records[order.number] = order
        for hint in written.leased:
            if hint.run:
                self.starts.kept.remove(hint.run)
                self._begins(hint)
        assert self.starts.kept == [], "a thread is kept for nothing"
        if kept:
            self.hints += written.leased

    def _begins(self, hint: Hint) -> None:
        """An attempt has begun with what was written."""
        (claim,) = hint.claims
        assert hint.destination not in self.parked, f"{claim} began while parked"
        lane = self.judge.number(claim.ref) + hint.destination
        self.judge.begins(claim, hint.run, lane)

    def publish(self, number: str, new: Sequence[NewDelivery], move: WatchMove) -> None:
        body = self.name("published").encode()
        self._planned[body] = number, move, new
        self.feed.publish(body, number)

    def take_in(self, ids: list[str], dies: str = "") -> None:
        """Admit entries of the stream; the worker may die before that or in it."""
        found = self.feed.start(ids)
        if dies == "before":
            return
        known = {one.digest for one in self.admitted}
        for entry, fields in found.items():
            # What has made the event durable has acknowledged its entry.
            self.feed.settles(entry)
            body = payload(fields)
            if body.startswith(UNREADABLE):
                self.world.ledger.bury_event(entry, fields, "unreadable", "decode")
                self.judge.events.add(keys.event_ref(entry))
            elif body.decode() in known:
                (old,) = (one for one in self.admitted if one.digest == body.decode())
                self.repeat(old, WriteResult.DUPLICATE, entry)
            else:
                number, move, new = self._planned[body]
                self.admit(number, new, move, body.decode(), entry)
            if dies:
                return
