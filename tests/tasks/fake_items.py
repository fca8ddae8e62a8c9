"""Watches and deliveries in memory: the states and lanes that they go through."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from serializers.results.result import ResultType
from tasks.ledger_values import (
    Claim,
    Hint,
    Kind,
    NewDelivery,
    WatchChange,
    WatchMove,
)

#: The states of an item that a worker has.
LEASED = frozenset({"leased", "sending"})


#: What is told of an item of this kind that comes to this end.
ENDS = {
    (Kind.LINK, "done"): ResultType.LINKED,
    (Kind.NOTIFICATION, "done"): ResultType.DELIVERED,
    (Kind.LINK, "dead"): ResultType.LINK_FAILED,
    (Kind.NOTIFICATION, "dead"): ResultType.FAILED,
    (Kind.CHANGE, "dead"): ResultType.FAILED,
    (None, "dead"): ResultType.SET_ASIDE,
}


class Starts(Protocol):
    """Threads that go on with an item themselves."""

    def reserve(self, destination: str) -> str:
        """Keep one for what begins there: its run, "" for no thread."""


@dataclass(slots=True)
class Item:
    """A watch or a delivery; a watch has no kind.

    Attributes:
        number: which of its order's notifications to its destination it is, from 1.
        ends_ms: when its lease ends.
    """

    ref: str
    destination: str
    order: str
    kind: Kind | None = None
    payload: bytes = b""
    state: str = "lane"
    fence: int = 0
    attempts: int = 0
    run: str = ""
    due_ms: int = 0
    number: int = 0
    ends_ms: int = 0
    failed: str = ""
    look_again: bool = False
    looked_ms: int = 0
    superseded: bool = False
    seen: bytes = b""
    outcomes: list[object] = field(default_factory=list)


@dataclass(slots=True)
class FakeItems:
    """Every item by its ref, and the lanes of deliveries.

    Attributes:
        now_ms: the clock.
        room: whether new work is leased at once.
        cap: leases that a destination allows.
        lease_ms: how long a worker has for a claimed item.
        made: notifications of each order to each destination.
        told: the type of each result, with the order that it is about.
        starts: keeps threads for items that begin where they are leased.
    """

    now_ms: Callable[[], int]
    room: bool = True
    cap: int = 1_000
    lease_ms: int = 60_000
    made: defaultdict[tuple[str, str], int] = field(
        default_factory=lambda: defaultdict(int)
    )
    starts: Starts | None = None
    _runs: dict[str, str] | None = None
    told: list[tuple[ResultType, str]] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    lanes: defaultdict[tuple[str, str], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def watch(self, number: str) -> Item:
        return self.items[f"watch:westcon:{number}"]

    def deliveries(self, destination: str = "") -> list[Item]:
        made = [item for item in self.items.values() if item.kind]
        return [i for i in made if destination in {"", i.destination}]

    def _move(self, number: str, change: WatchChange) -> list[Hint]:
        move, ref = change.move, f"watch:{change.partner}:{number}"
        watch = self.items.get(ref)
        alive = watch is not None and watch.state != "ended"
        if move is WatchMove.END and watch is not None and alive:
            self._end(watch)
        if move is WatchMove.START or (move is WatchMove.LOOK and alive):
            watch = self.items.setdefault(ref, Item(ref, change.destination, number))
            if watch.state in LEASED and watch.destination == change.destination:
                watch.look_again = True
                return []
            if watch.state in LEASED:
                self._end(watch)
            watch.destination = change.destination
            watch.attempts = 0
            return self._start(watch)
        return []

    def _end(self, watch: Item) -> None:
        watch.state, watch.look_again, watch.run = "ended", False, ""
        watch.fence += 1
        watches = [i for i in self.items.values() if i.kind is None]
        if all(i.state == "ended" for i in watches if i.order == watch.order):
            self.told.append((ResultType.FINISHED, watch.order))

    def _start(self, item: Item) -> list[Hint]:
        if not self.room or not self._places(item.destination):
            self._make_due(item, self.now_ms())
            return []
        hint = Hint(item.destination, 0, (self._lease(item),))
        run = self._run_at(item.destination)
        if run:
            item.state, item.run, item.look_again = "sending", run, False
            item.attempts += 1
        return [replace(hint, run=run)]

    def _run_at(self, destination: str) -> str:
        """The run that goes on at once with what is leased there, "" for none."""
        if self._runs is None or self.starts is None:
            return ""
        if not self._runs.get(destination):
            self._runs[destination] = self.starts.reserve(destination)
        return self._runs[destination]

    def _make_due(self, item: Item, at_ms: int) -> None:
        item.state, item.due_ms = "due", at_ms

    def _lease(self, item: Item) -> Claim:
        item.state, item.ends_ms = "leased", self.now_ms() + self.lease_ms
        item.fence += 1
        return Claim(item.ref, item.fence)

    def _places(self, destination: str) -> int:
        """How many more leases a destination allows."""
        here = [i for i in self.items.values() if i.destination == destination]
        return self.cap - sum(item.state in LEASED for item in here)

    def _take_back(self, item: Item) -> Claim | None:
        """Claim what a worker held when its lease ended, if it is to be sent again."""
        if item.state == "sending" and item.superseded:
            self._leave(item, "superseded")
            return None
        if item.state == "sending" and item.attempts > 1:
            # It ended its worker before: now it comes alone, at a moment of its own.
            digest = hashlib.sha1(f"{item.ref}:{item.fence}".encode()).hexdigest()  # noqa: S324 (spreads, protects nothing)
            pause = self.lease_ms * int(digest[:6], 16) // 16**6
            self._make_due(item, self.now_ms() + pause)
            return None
        return self._lease(item)

    def _enter(self, order: str, new: NewDelivery) -> Hint | None:
        ref = f"delivery:{new.id}"
        if ref in self.items:
            return None
        if new.kind is Kind.LINK:
            self._supersede(order, new.destination)
        item = Item(ref, new.destination, order, new.kind, new.payload)
        if new.kind is not Kind.LINK:
            self.made[order, new.destination] += 1
            item.number = self.made[order, new.destination]
        self.items[ref] = item
        lane = self.lanes[order, new.destination]
        lane.append(ref)
        hints = self._start(item) if len(lane) == 1 else []
        return hints[0] if hints else None

    def _supersede(self, order: str, destination: str) -> None:
        for ref in tuple(self.lanes[order, destination]):
            item = self.items[ref]
            if item.state == "sending":
                item.superseded = True
            else:
                self._leave(item, "superseded")

    def _leave(self, item: Item, state: str) -> None:
        told = ENDS.get((item.kind, state))
        if told is not None and item.state != state:
            self.told.append((told, item.order))
        item.state = state
        lane = self.lanes[item.order, item.destination]
        if item.ref not in lane:
            return
        head = lane[0] == item.ref
        lane.remove(item.ref)
        if head and lane:
            self._make_due(self.items[lane[0]], self.now_ms())
