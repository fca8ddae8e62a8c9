"""State of the model, as tuples that compare by value.

Only equality of fences matters to the scripts, so each item's fences are numbered
anew after every move: 0 is the item's own, -1 the one before that somebody still
holds. That makes the states finite although nothing bounds how often a hint is lost.
"""

from typing import NamedTuple

#: A run that nobody can show any more: its worker has finished or died.
GONE = -1
NOWHERE: frozenset[str] = frozenset()
ENDED = ("done", "dead")


class Item(NamedTuple):
    """One delivery: its hash, the sorted sets it is in, and what really happened."""

    state: str = "absent"
    places: frozenset[str] = NOWHERE
    fence: int = 0
    run: int | None = None
    attempts: int = 0
    #: Tries since the last replay that were not given back, as the workers saw them.
    starts: int = 0
    arrived: bool = False
    #: Arrivals less those that an ambiguous end or a replay explains.
    unexplained: int = 0


class Worker(NamedTuple):
    """A worker in an attempt; `phase` is `asking`, `go` or the call's outcome."""

    item: int
    fence: int
    phase: str


class Budget(NamedTuple):
    """How often each fault may still happen; a lease nobody uses ends for nothing."""

    #: Faults of all kinds together; a replay is none.
    faults: int
    crashes: int
    ends: int
    lost: int
    repeats: int
    replays: int


class State(NamedTuple):
    """Everything: the ledger, the hints under way, the workers, the budget left."""

    items: tuple[Item, ...]
    lane: tuple[int, ...]
    #: The lane as it should be, kept by what became of the items.
    queue: tuple[int, ...]
    hints: frozenset[tuple[int, int]]
    workers: tuple[Worker | None, ...]
    budget: Budget
    #: The item whose replay was asked for and not answered.
    asking: int | None = None
    #: What a claim in two steps has taken out and not yet put back.
    hand: int | None = None


class Move(NamedTuple):
    """One step: who did what to which item, and how it went."""

    act: str
    item: int
    worker: int | None = None
    how: str = ""

    def __str__(self) -> str:
        who = "" if self.worker is None else f"w{self.worker} "
        return f"{who}{self.act} d{self.item} {self.how}".rstrip()


def first(deliveries: int, budget: Budget) -> State:
    """The first delivery is due, the others are not yet admitted, nobody works."""
    due = Item("due", frozenset({"due"}))
    items = (due, *(Item() for _ in range(deliveries - 1)))
    return State(items, (0,), (0,), frozenset(), (None, None), budget)


def with_item(state: State, at: int, item: Item) -> State:
    items = state.items
    return state._replace(items=(*items[:at], item, *items[at + 1 :]))


def with_worker(state: State, at: int, worker: Worker | None) -> State:
    """Give a worker its attempt; without one left it can never show its run again."""
    workers = state.workers
    state = state._replace(workers=(*workers[:at], worker, *workers[at + 1 :]))
    if worker is not None:
        return state
    items = [one._replace(run=GONE) if one.run == at else one for one in state.items]
    return state._replace(items=tuple(items))


def has(state: State, fault: str) -> bool:
    """Whether the budget still has such a fault."""
    budget = state.budget
    return budget.faults > 0 and getattr(budget, fault) > 0


def spend(state: State, fault: str) -> State:
    budget = state.budget
    left = {fault: getattr(budget, fault) - 1, "faults": budget.faults - 1}
    return state._replace(budget=budget._replace(**left))


def settled(before: State, after: State) -> State:
    """The state that a move made, with its queue kept and its fences renumbered."""
    queue = [i for i in before.queue if after.items[i].state not in ENDED]
    for i, (was, now) in enumerate(zip(before.items, after.items, strict=True)):
        away = was.state in ("absent", "dead")
        if away and now.state not in ("absent", *ENDED):
            queue.append(i)
    return _renumbered(after._replace(queue=tuple(queue)))


def _renumbered(state: State) -> State:
    for i, item in enumerate(state.items):
        seen = {fence for at, fence in state.hints if at == i}
        seen |= {one.fence for one in state.workers if one and one.item == i}
        seen.add(item.fence)
        ranks = {fence: -n for n, fence in enumerate(sorted(seen, reverse=True))}
        if all(fence == rank for fence, rank in ranks.items()):
            continue
        state = with_item(state, i, item._replace(fence=ranks[item.fence]))
        hints = [(at, ranks[f] if at == i else f) for at, f in state.hints]
        workers = [
            one._replace(fence=ranks[one.fence]) if one and one.item == i else one
            for one in state.workers
        ]
        state = state._replace(hints=frozenset(hints), workers=tuple(workers))
    return state
