"""Every move that may follow a state: the workers' steps, the faults, one operator."""

from collections.abc import Iterator

from tests.model import scripts
from tests.model.states import (
    Move,
    State,
    Worker,
    has,
    settled,
    spend,
    with_item,
    with_worker,
)

#: What a call may come to, and whether it arrived.
CALLS = (
    ("done", True),
    ("unsure", True),
    ("unsure", False),
    ("again", False),
    ("later", False),
    ("give_up", False),
)

Step = tuple[Move, State]


def steps(state: State, wrong: str = "") -> Iterator[Step]:
    """Each move that is possible now, with the state that it makes."""
    for source in (_admits, _claims, _hints, _attempts, _crashes, _replays):
        for move, after in source(state, wrong):
            yield move, settled(state, after)


def _admits(state: State, wrong: str) -> Iterator[Step]:
    for i, item in enumerate(state.items):
        if item.state == "absent":
            entered = scripts.enter_lane(state, i)
            yield Move("admit", i), entered
            if entered.items[i].state == "due" and None in state.workers:
                yield from _begun_at_once(entered, i, wrong)


def _begun_at_once(state: State, i: int, wrong: str) -> Iterator[Step]:
    """The worker that admits goes on with the item itself, without a hint."""
    leased = scripts.lease(state, i, wrong)
    fence, w = leased.items[i].fence, state.workers.index(None)
    alone = leased._replace(hints=leased.hints - {(i, fence)})
    answer, after = scripts.begin(alone, i, fence, w, wrong)
    now = Worker(i, fence, "go") if answer == "go" else None
    yield Move("admit and begin", i, w, answer), with_worker(after, w, now)
    if now and has(state, "lost"):
        # Asked again it is a duplicate: nobody goes on with it.
        yield Move("admit and begin", i, w, "the answer is lost"), spend(after, "lost")


def _claims(state: State, wrong: str) -> Iterator[Step]:
    for i, item in enumerate(state.items):
        if "leased" in item.places:
            used = _in_use(state, i)
            if not used or has(state, "ends"):
                ended = spend(state, "ends") if used else state
                after = scripts.claim(ended, i, wrong)
                yield Move("claim", i, how="back, its lease has ended"), after
        elif "due" in item.places and wrong == "a claim takes two steps":
            if state.hand is None:
                taken = item._replace(places=item.places - {"due"})
                yield Move("pop", i), with_item(state, i, taken)._replace(hand=i)
        elif "due" in item.places:
            yield Move("claim", i), scripts.claim(state, i, wrong)
    if state.hand is not None:
        leased = scripts.lease(state, state.hand, wrong)._replace(hand=None)
        yield Move("lease", state.hand), leased


def _in_use(state: State, i: int) -> bool:
    """Whether somebody may still come with the fence under which an item is leased."""
    fence = state.items[i].fence
    held = [(one.item, one.fence) for one in state.workers if one]
    return (i, fence) in state.hints or (i, fence) in held


def _hints(state: State, wrong: str) -> Iterator[Step]:
    for i, fence in state.hints:
        gone = state._replace(hints=state.hints - {(i, fence)})
        how = f"by fence {fence}"
        yield Move("lose the hint of", i, how=how), gone
        yield Move("hand back", i, how=how), scripts.hand_back(gone, i, fence)
        # Idle workers are alike, so the first of them takes it.
        if None not in state.workers:
            continue
        w = state.workers.index(None)
        yield from _begins(gone, Worker(i, fence, "go"), w, how, wrong)
        if has(state, "repeats"):
            again = spend(state, "repeats")
            how += ", the hint comes again"
            yield from _begins(again, Worker(i, fence, "go"), w, how, wrong)


def _begins(state: State, held: Worker, w: int, how: str, wrong: str) -> Iterator[Step]:
    answer, after = scripts.begin(state, held.item, held.fence, w, wrong)
    now = held if answer == "go" else None
    move = Move("begin", held.item, w, f"{how}: {answer}")
    yield move, with_worker(after, w, now)
    if answer == "go" and has(state, "lost"):
        lost = with_worker(spend(after, "lost"), w, held._replace(phase="asking"))
        yield Move("begin", held.item, w, f"{how}: the answer is lost"), lost


def _attempts(state: State, wrong: str) -> Iterator[Step]:
    for w, held in enumerate(state.workers):
        if held is None:
            continue
        if held.phase == "asking":
            yield from _begins(state, held._replace(phase="go"), w, "again", wrong)
        elif held.phase == "go":
            yield from _sends(state, w, held)
        else:
            yield from _settles(state, w, held, wrong)


def _sends(state: State, w: int, held: Worker) -> Iterator[Step]:
    item = state.items[held.item]
    count = item.unexplained + 1
    there = item._replace(arrived=True, unexplained=count)
    for outcome, arrives in CALLS:
        sent = with_item(state, held.item, there if arrives else item)
        how = f"{outcome}, {'arrived' if arrives else 'not arrived'}"
        after = with_worker(sent, w, held._replace(phase=outcome))
        yield Move("send", held.item, w, how), after


def _settles(state: State, w: int, held: Worker, wrong: str) -> Iterator[Step]:
    i = held.item
    after = scripts.settle(state, i, held.fence, w, held.phase, wrong)
    yield Move("settle", i, w, held.phase), with_worker(after, w, None)
    if has(state, "lost"):
        how = f"{held.phase}, the answer is lost"
        yield Move("settle", i, w, how), spend(after, "lost")


def _crashes(state: State, _wrong: str) -> Iterator[Step]:
    if not has(state, "crashes"):
        return
    fewer = spend(state, "crashes")
    for w, held in enumerate(state.workers):
        if held is not None:
            yield Move("crash with", held.item, w), with_worker(fewer, w, None)
    if state.hand is not None:
        yield Move("crash with", state.hand), fewer._replace(hand=None)


def _replays(state: State, wrong: str) -> Iterator[Step]:
    if state.asking is not None:
        again = scripts.replay(state, state.asking, wrong)
        yield Move("replay", state.asking, how="again"), again._replace(asking=None)
    if not state.budget.replays:
        return
    left = state.budget._replace(replays=state.budget.replays - 1)
    for i, item in enumerate(state.items):
        if item.state != "dead":
            continue
        once = scripts.replay(state._replace(budget=left), i, wrong)
        yield Move("replay", i), once
        if has(state, "lost"):
            lost = spend(once, "lost")._replace(asking=i)
            yield Move("replay", i, how="the answer is lost"), lost
