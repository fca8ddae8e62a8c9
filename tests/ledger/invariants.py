"""Invariants of a walk, held against what the partners really received."""

import re
from collections import Counter

from serializers.order_record import Order
from tasks.ledger_values import Claim, NewDelivery, WatchMove
from tests.ledger import acts, results_book
from tests.ledger.clock import World
from tests.ledger.places import Picture, contradictions, picture
from workers.ledger import keys
from workers.telemetry.ledger_metrics import CAUSES

ATTEMPTS = 3

#: Where a delivery and a watch may stay when nothing is left to do.
AT_REST = {"done", "dead", "superseded", "discarded", "", "ended"}

#: The lines of a history that report that nobody knows whether the call arrived.
UNSURE = re.compile(rb" ambiguous lease ended| http unsure")


class Invariants:
    """What really happened, and what must therefore hold.

    Attributes:
        numbers: the order of each delivery that was ever planned, by ref.
        made: the deliveries of each order.
        held: those at receivers that hold what stands behind a dead letter, by ref.
        arrived: how often the partner received each delivery.
        replays: how often a person asked for it again.
        marks: of sends that nobody knows the end of, in histories that a repair ended.
        delivered: the refs whose success was reported.
        holders: which run began with each fence.
        started, entered: the refs of each lane, by their first start and as planned.
        records: what was last written of each order; None when it was spoilt.
        versions: the highest version seen of each item.
        events: the refs of events that are dead letters.
        tried: the attempts of each delivery that count: begun, since the last replay.
        over: the orders whose watch has ended, and which no event started anew.
        wanted: the orders that an event has moved and no look has begun at since.
        sources: of each order that is known, those of its events, the first first.
        merged: how often an order had an event of another source than before.
        admissions: how many events were admitted.
        forgotten: how often each arrived since a backup that was restored.
        back_ms: by how much the clock has stepped back, all in all.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        self.made: dict[str, list[NewDelivery]] = {}
        self.held: set[str] = set()
        self.arrived: Counter[str] = Counter()
        self.replays: Counter[str] = Counter()
        self.marks: Counter[str] = Counter()
        self.delivered: set[str] = set()
        self.holders: dict[tuple[str, int], str] = {}
        self.started: dict[str, list[str]] = {}
        self.entered: dict[str, list[str]] = {}
        self.records: dict[str, Order | None] = {}
        self.versions: Counter[str] = Counter()
        self.events: set[str] = set()
        self.tried: Counter[str] = Counter()
        self.over: set[str] = set()
        self.wanted: set[str] = set()
        self.sources: dict[str, list[str]] = {}
        self.merged = 0
        self.admissions = 0
        self.forgotten: Counter[str] = Counter()
        self.back_ms = 0

    def number(self, ref: str) -> str:
        """The order's number of a watch or a delivery."""
        return self.numbers.get(ref) or acts.number_of(ref)

    def enters(self, new: NewDelivery, number: str) -> None:
        ref = keys.delivery_ref(new.id)
        if ref in self.numbers:
            return
        self.numbers[ref] = number
        self.made.setdefault(number, []).append(new)
        self.entered.setdefault(number + new.destination, []).append(ref)

    def begins(self, claim: Claim, run: str, lane: str) -> None:
        """An attempt begins: of none delivered, by a run per fence, in lane order."""
        assert claim.ref not in self.delivered, f"{claim.ref} again after delivery"
        self._newest(claim.ref, lane)
        if (claim.ref, claim.fence) not in self.holders:
            self.tried[claim.ref] += 1
        holder = self.holders.setdefault((claim.ref, claim.fence), run)
        assert holder == run, f"{claim} is held by two runs"
        self.wanted.discard(self.number(claim.ref) if is_watch(claim.ref) else "")
        started = self.started.setdefault(lane, [])
        if claim.ref not in started:
            started.append(claim.ref)
        order = self.entered.get(lane, [claim.ref])
        assert started == sorted(started, key=order.index), "a lane out of order"

    def _newest(self, ref: str, lane: str) -> None:
        """A link never follows a newer one that DECK is known to have."""
        made = self.entered.get(lane, [])
        newer = made[made.index(ref) + 1 :] if ref in made else []
        late = self.delivered.intersection(newer) if lane.endswith("deck") else ()
        assert not late, f"{ref} follows {late}, which is newer"

    def moves(self, number: str, move: WatchMove, before: str) -> None:
        """An event was admitted that moves a watch, which stood like this before."""
        self.admissions += 1
        if move is WatchMove.START:
            self.over.discard(number)
            self.wanted.add(number)
        if move is WatchMove.LOOK and before not in {"", "ended"}:
            self.wanted.add(number)
        if before and move is WatchMove.END:
            self.ends(number)

    def comes_from(self, number: str, source: str, merged: str) -> None:
        """An event was admitted; where two sources meet, it is reported, and once."""
        known = self.sources.setdefault(number, [])
        news = source not in known
        assert merged == (known[0] if known and news else ""), f"{number}: {merged}"
        self.merged += bool(merged)
        known += [source] * news

    def ends(self, number: str) -> None:
        """A watch has ended; only an event may start it anew."""
        self.over.add(number)
        self.wanted.discard(number)

    def looked(self, number: str, next_look: float | None) -> float | None:
        """A look was recorded by who held it; seconds until the next."""
        if number in self.wanted:
            return 0.0
        if next_look is None:
            self.ends(number)
        return next_look

    def forgets(self, number: str) -> None:
        """An order is known no more; nothing of it may wait or be a dead letter."""
        self.versions.pop(keys.watch_ref("westcon", number), None)
        self.over.discard(number)
        self.sources.pop(number, None)
        assert number not in self.wanted, f"{number} is forgotten, and to be looked at"

    def decided(self, ref: str, wish: str) -> None:
        """A person has replayed or discarded a dead letter."""
        if ref in self.events:
            self.events.remove(ref)
        elif wish == "replayed":
            self.replays[ref] += 1
            self.tried[ref] = 0
        elif is_watch(ref):
            self.ends(self.number(ref))

    def counts(self, ref: str, marks: int) -> None:
        """What arrived twice was ambiguous, or somebody asked for it."""
        times, asked = self.arrived[ref] - self.forgotten[ref], self.replays[ref]
        assert times <= 1 + marks + asked, f"{ref} arrived {times} times, unexplained"

    def looks(self, world: World) -> Picture:
        """Every rule that must hold after every step."""
        found = picture(world.redis)
        broken = list(contradictions(found, holding(world)))
        assert broken == [], broken
        passed = {r for r in self.held if found.states.get(r) == "dead"} - found.heads
        assert not passed, f"{passed} are dead letters that hold nothing"
        deliveries = {r for r in found.states if r.startswith(keys.DELIVERY_PREFIX)}
        lost = self.numbers.keys() - deliveries
        assert not lost, f"{lost} are lost"
        unplanned = deliveries - self.numbers.keys()
        assert not unplanned, f"{unplanned} were never planned"
        for ref in self.delivered:
            assert found.states[ref] == "done", f"{ref} was delivered"
        for ref in deliveries - self.delivered:
            assert found.states[ref] != "done", f"{ref} was not delivered"
        events = {r for r in found.places if r.startswith(keys.EVENT_PREFIX)}
        assert events == self.events, "an event lost, or back from its end"
        for number in self.over:
            state = found.states[keys.watch_ref("westcon", number)]
            assert state == "ended", f"the watch of {number} has ended and is {state}"
        self._wanted(world, found)
        self._items(world, found)
        return found

    def _wanted(self, world: World, found: Picture) -> None:
        """What an event has moved is looked at soon, whatever a look comes to."""
        for number in self.wanted:
            ref = keys.watch_ref("westcon", number)
            state = found.states[ref]
            assert state in {"due", "leased", "sending"}, f"{ref} wanted, and {state}"
            if state == "due":
                waits = acts.due_in(world, "westcon", ref, number)
                most = world.retention.lease + self.back_ms
                assert waits <= most, f"{ref} wanted, due in {waits} ms"

    def _items(self, world: World, found: Picture) -> None:
        unsure = 0
        for ref, (root, *item) in found.items.items():
            assert root == acts.root(world, self.number(ref)), f"{ref} is in {root}"
            unsure += self._item(ref, *item)
        counted = found.counts["ambiguous"]
        assert counted == unsure, f"{counted} counted ambiguous, {unsure} marked"
        causes = sum(found.counts[f"ambiguous:{one}"] for one in CAUSES)
        assert causes == counted, f"{counted} ambiguous, {causes} with their cause"

    def _item(
        self,
        ref: str,
        attempts: bytes | None,
        history: bytes | None,
        made: bytes | None,
    ) -> int:
        """Judge one item; how many of its attempts nobody knows the end of."""
        assert 0 <= int(attempts or 0) <= ATTEMPTS, f"{ref} has {attempts!r} attempts"
        if ref.startswith(keys.DELIVERY_PREFIX):
            expected = self.tried[ref]
            assert int(attempts or 0) == expected, (
                f"{ref}: {attempts!r} attempts of {expected}"
            )
        version = int(made or 0)
        assert version >= self.versions[ref], f"{ref} fell back to version {version}"
        self.versions[ref] = version
        marks = self.marks[ref] + len(UNSURE.findall(history or b""))
        self.counts(ref, marks)
        return marks

    def rests(self, world: World) -> None:
        """Every rule that must hold when nothing is left to do."""
        found = self.looks(world)
        held = found.held(holding(world))
        waiting = {ref for behind in held.values() for ref in behind}
        restless = {r: s for r, s in found.states.items() if s not in AT_REST}
        assert restless.keys() == waiting, f"never came to an end: {restless}"
        assert found.heads == held.keys(), f"lanes are left: {found.heads}"
        assert self.wanted == set(), f"nobody has looked at {self.wanted}"
        for ref in self.delivered:
            assert self.arrived[ref], f"{ref} is done and never arrived"
        told = list(results_book.contradictions(world))
        assert told == [], told
        admitted = found.counts["admitted"]
        assert admitted == self.admissions, f"{admitted} of {self.admissions} admitted"
        merged = found.counts["merged"]
        assert merged == self.merged, f"{merged} of {self.merged} merged"
        for number, order in self.records.items():
            written = world.ledger.orders([number])[0].order
            assert written == order, f"{number} is not as it was last written"


def holding(world: World) -> tuple[str, ...]:
    """The destinations that hold what stands behind a dead letter."""
    return tuple(one for one in world.destinations if world.destinations[one].holds)


def is_watch(ref: str) -> bool:
    return keys.watched(ref) is not None


def sending(found: Picture) -> set[str]:
    """The deliveries under way."""
    return {
        ref
        for ref, state in found.states.items()
        if state == "sending" and ref.startswith(keys.DELIVERY_PREFIX)
    }
