"""Invariants that every move of the model keeps, apart from the scripts' own logic."""

from collections.abc import Callable, Mapping
from itertools import combinations

from tests.model.scripts import MOST_ATTEMPTS
from tests.model.states import ENDED, Move, State, Worker

Rule = Callable[[State, Move, State], bool]

#: The sorted set in which an item of each state must be, and no other.
PLACES = {
    "absent": set[str](),
    "lane": set[str](),
    "due": {"due"},
    "leased": {"leased"},
    "sending": {"leased"},
    "dead": {"dead"},
    "done": set[str](),
}


def conservation(_before: State, _move: Move, after: State) -> bool:
    """Each item is where its state puts it; in the lane, once, until it has ended."""
    for i, item in enumerate(after.items):
        waits = item.state not in ("absent", *ENDED)
        if after.lane.count(i) != int(waits):
            return False
        if after.hand != i and item.places != PLACES[item.state]:
            return False
    return True


def no_phantom(_before: State, _move: Move, after: State) -> bool:
    return all(item.arrived for item in after.items if item.state == "done")


def duplicates_explained(_before: State, _move: Move, after: State) -> bool:
    """Nothing arrives more than 1 + ambiguous + replays times."""
    return all(item.unexplained <= 1 for item in after.items)


def delivered_absorbs(before: State, move: Move, after: State) -> bool:
    """Delivered stays so, nothing delivered begins, a reported 2xx is recorded."""
    pairs = zip(before.items, after.items, strict=True)
    if any(was.state == "done" and now.state != "done" for was, now in pairs):
        return False
    item = before.items[move.item]
    if _started(before, move, after):
        return item.state != "done"
    held = _holder(before, move)
    reported = move.act == "settle" and held is not None and held.phase == "done"
    return not reported or after.items[move.item].state == "done"


def attempts_bounded(_before: State, _move: Move, after: State) -> bool:
    return all(item.starts <= MOST_ATTEMPTS for item in after.items)


def fencing(before: State, move: Move, after: State) -> bool:
    """One worker per fence; a failure by another than the holder changes nothing."""
    held = [(one.item, one.fence) for one in after.workers if one]
    if any(one == other for one, other in combinations(held, 2)):
        return False
    one = _holder(before, move)
    if move.act != "settle" or one is None or one.phase == "done":
        return True
    item = before.items[move.item]
    holds = item.fence == one.fence and item.run == move.worker
    return holds or item.state == after.items[move.item].state


def replay_once(before: State, move: Move, after: State) -> bool:
    """A replay of what is no dead letter changes no item and no lane."""
    if move.act != "replay" or before.items[move.item].state == "dead":
        return True
    return (before.items, before.lane) == (after.items, after.lane)


def lane_order(before: State, move: Move, after: State) -> bool:
    """What begins is the oldest that has not ended."""
    if not _started(before, move, after):
        return True
    return before.queue[:1] == (move.item,)


def _holder(state: State, move: Move) -> Worker | None:
    return None if move.worker is None else state.workers[move.worker]


def _started(before: State, move: Move, after: State) -> bool:
    """Whether the move gave a worker leave to call."""
    if move.act != "begin" or move.worker is None:
        return False
    return after.workers[move.worker] is not None and before != after


RULES: Mapping[str, Rule] = {
    "I1 conservation": conservation,
    "I2 no phantom": no_phantom,
    "I3 duplicates are explained": duplicates_explained,
    "I4 delivered absorbs": delivered_absorbs,
    "I5 attempts are bounded": attempts_bounded,
    "I6 fencing": fencing,
    "I7 replay once": replay_once,
    "I9 lane order": lane_order,
}
