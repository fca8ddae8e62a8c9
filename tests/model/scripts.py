"""The ledger's scripts, one function each, and what each may get wrong.

A `wrong` is the name of the one mistake that the model makes, '' for none.
"""

from tests.model.states import State, with_item

MOST_ATTEMPTS = 2


def make_due(state: State, i: int) -> State:
    item = state.items[i]
    places = item.places - {"leased"} | {"due"}
    return with_item(state, i, item._replace(state="due", places=places))


def leave_lane(state: State, i: int, wrong: str) -> State:
    """Take an item from its lane; the next is due only if it was the head."""
    lane = list(state.lane)
    was_head = lane[:1] == [i]
    if wrong == "an end pops the lane's head":
        was_head, lane = bool(lane), lane[1:]
    elif i in lane:
        lane.remove(i)
    state = state._replace(lane=tuple(lane))
    if not was_head or not lane or wrong == "the lane's next is forgotten":
        return state
    return make_due(state, lane[0])


def enter_lane(state: State, i: int) -> State:
    """Put an item at its lane's end; alone there, it is due."""
    state = with_item(state, i, state.items[i]._replace(state="lane"))
    state = state._replace(lane=(*state.lane, i))
    return make_due(state, i) if len(state.lane) == 1 else state


def lease(state: State, i: int, wrong: str) -> State:
    """The end of `claim`: leased under a new fence, with a hint on its way."""
    item = state.items[i]
    fence = item.fence + (wrong != "a claim raises no fence")
    places = item.places - {"due"} | {"leased"}
    item = item._replace(state="leased", places=places, fence=fence)
    return with_item(state, i, item)._replace(hints=state.hints | {(i, fence)})


def claim(state: State, i: int, wrong: str) -> State:
    """Lease what is due or whose lease has ended; ended in sending, it is ambiguous.

    What has lost its worker before is due instead: it comes at a moment of its own.
    """
    item = state.items[i]
    if item.state != "sending":
        return lease(state, i, wrong)
    if wrong != "an ambiguous end is not counted":
        state = with_item(state, i, item._replace(unexplained=item.unexplained - 1))
    return make_due(state, i) if item.attempts > 1 else lease(state, i, wrong)


def begin(state: State, i: int, fence: int, run: int, wrong: str) -> tuple[str, State]:
    """Begin an attempt: `go`, `no`, or `dead` where the attempts are used up."""
    item = state.items[i]
    if item.fence != fence:
        return "no", state
    if item.state == "sending":
        yes = item.run == run or wrong == "begin is not one-shot"
        return "go" if yes else "no", state
    if item.state != "leased":
        revived = item.state == "done" and wrong == "begin takes what is done"
        return "go" if revived else "no", state
    if item.attempts >= MOST_ATTEMPTS:
        return "dead", bury(state, i, wrong)
    attempts = item.attempts + (wrong != "no attempt is counted")
    begun = item._replace(
        state="sending", run=run, attempts=attempts, starts=item.starts + 1
    )
    return "go", with_item(state, i, begun)


def bury(state: State, i: int, wrong: str) -> State:
    dead = state.items[i]._replace(state="dead", places=frozenset({"dead"}))
    return leave_lane(with_item(state, i, dead), i, wrong)


def finish(state: State, i: int, wrong: str) -> State:
    done = state.items[i]._replace(state="done", places=frozenset(), run=None)
    return leave_lane(with_item(state, i, done), i, wrong)


def hand_back(state: State, i: int, fence: int) -> State:
    item = state.items[i]
    held = item.state == "leased" and item.fence == fence
    return make_due(state, i) if held else state


def settle(
    state: State, i: int, fence: int, run: int, verdict: str, wrong: str
) -> State:
    """Record a success whoever reports it; a failure only from who holds the fence."""
    item = state.items[i]
    holds = item.fence == fence and item.run == run
    if verdict == "unsure" and wrong == "unsure counts as delivered":
        verdict = "done"
    if verdict == "done" and (holds or wrong != "the fence is asked before a success"):
        return state if item.state == "done" else finish(state, i, wrong)
    if not holds and wrong != "any fence may fail":
        return state
    return _fail(state, i, verdict, wrong) if item.state == "sending" else state


def _fail(state: State, i: int, verdict: str, wrong: str) -> State:
    item = state.items[i]
    if verdict == "later":
        item = item._replace(attempts=max(0, item.attempts - 1), starts=item.starts - 1)
    if verdict == "unsure":
        item = item._replace(unexplained=item.unexplained - 1)
    state = with_item(state, i, item)
    if verdict == "give_up":
        return bury(state, i, wrong)
    state = make_due(state, i)
    popped = wrong == "the lane is popped at the first failure"
    return leave_lane(state, i, wrong) if popped else state


def replay(state: State, i: int, wrong: str) -> State:
    """Put a dead letter at its lane's end with its attempts given back, once."""
    item = state.items[i]
    if item.state != "dead" and wrong != "replay does not compare and set":
        return state
    item = item._replace(
        places=item.places - {"dead"},
        run=None,
        attempts=0,
        starts=0,
        unexplained=item.unexplained - 1,
    )
    return enter_lane(with_item(state, i, item), i)
