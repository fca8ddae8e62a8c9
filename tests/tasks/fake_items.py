"""Watches and deliveries in memory: the states and lanes that they go through."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from tasks.ledger_values import Claim, Hint, Kind, NewDelivery, WatchMove
from tasks.planning.rules import WESTCON


@dataclass(slots=True)
class Item:
    """A watch or a delivery; a watch has no kind."""

    ref: str
    destination: str
    order: str
    kind: Kind | None = None
    payload: bytes = b""
    state: str = "lane"
    fence: int = 0
    tries: int = 0
    run: str = ""
    due_ms: int = 0
    failed: str = ""
    look_again: bool = False
    superseded: bool = False
    outcomes: list[object] = field(default_factory=list)


@dataclass(slots=True)
class FakeItems:
    """Every item by its ref, and the lanes of deliveries.

    Attributes:
        now_ms: the clock.
        room: whether new work is leased at once.
    """

    now_ms: Callable[[], int]
    room: bool = True
    items: dict[str, Item] = field(default_factory=dict)
    lanes: defaultdict[tuple[str, str], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def watch(self, number: str) -> Item:
        return self.items[f"order:{number}"]

    def deliveries(self, destination: str = "") -> list[Item]:
        made = [item for item in self.items.values() if item.kind]
        return [i for i in made if destination in {"", i.destination}]

    def _move(self, number: str, move: WatchMove) -> list[Hint]:
        ref = f"order:{number}"
        watch = self.items.get(ref)
        alive = watch is not None and watch.state != "ended"
        if move is WatchMove.END and watch is not None and alive:
            watch.state, watch.look_again = "ended", False
            watch.fence += 1
        if move is WatchMove.START or (move is WatchMove.LOOK and alive):
            watch = self.items.setdefault(ref, Item(ref, WESTCON, number))
            if watch.state in {"leased", "sending"}:
                watch.look_again = True
                return []
            watch.tries = 0
            return self._start(watch)
        return []

    def _start(self, item: Item) -> list[Hint]:
        if not self.room:
            item.state, item.due_ms = "due", self.now_ms()
            return []
        item.state = "leased"
        item.fence += 1
        return [Hint(item.destination, 0, (Claim(item.ref, item.fence),))]

    def _enter(self, order: str, new: NewDelivery) -> Hint | None:
        ref = f"delivery:{new.id}"
        if ref in self.items:
            return None
        if new.kind is Kind.LINK:
            self._supersede(order, new.destination)
        item = Item(ref, new.destination, order, new.kind, new.payload)
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
        item.state = state
        lane = self.lanes[item.order, item.destination]
        if item.ref not in lane:
            return
        head = lane[0] == item.ref
        lane.remove(item.ref)
        if head and lane:
            self.items[lane[0]].state = "due"
            self.items[lane[0]].due_ms = self.now_ms()
