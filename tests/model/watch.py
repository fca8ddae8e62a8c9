"""One order's watch as a model: events that come while workers look at it.

A fence of 0 is the watch's own, -1 any that it had before. How long a pause is does not
matter, only whether there is one: `later` is a watch that is due some time.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from tests.model.explore import Search, search

MOST_ATTEMPTS = 2
OWN, OLD = 0, -1
ALIVE = ("due", "later", "leased", "sending", "dead")
#: What a look may come to.
LOOKS = ("seen", "last", "again", "give_up")

Step = tuple[str, "Watch"]


class Watch(NamedTuple):
    """The watch's fields, who works on it, and what still may happen."""

    state: str = "absent"
    attempts: int = 0
    look_again: bool = False
    run: int | None = None
    hints: frozenset[int] = frozenset()
    #: The fence that each worker has begun with, None while it is idle.
    workers: tuple[int | None, ...] = (None, None)
    cancelled: bool = False
    #: Whether an event has moved it and no look has begun since.
    owed: bool = False
    events: int = 3
    faults: int = 2


def steps(watch: Watch, wrong: str = "") -> Iterator[Step]:
    """Each move that is possible now, with the watch as it leaves it."""
    if watch.events:
        yield from _events(watch._replace(events=watch.events - 1), wrong)
    if watch.state == "later":
        yield "time passes", watch._replace(state="due")
    if watch.state == "due":
        yield "claim", _leased(watch)
    if watch.state in {"leased", "sending"}:
        yield from _ended(watch)
    for fence in watch.hints:
        yield from _hint(watch._replace(hints=watch.hints - {fence}), fence, wrong)
    for at, held in enumerate(watch.workers):
        if held is not None:
            idle = _with(watch, at, None)
            for look in LOOKS:
                yield f"w{at} reports {look}", _reported(idle, at, held, look, wrong)
            if watch.faults:
                yield f"w{at} dies", idle._replace(faults=watch.faults - 1)


def _events(watch: Watch, wrong: str) -> Iterator[Step]:
    for after in _moved(watch._replace(cancelled=False)):
        yield "start", after
    if watch.state in ALIVE:
        for after in _moved(watch):
            yield "look", after
        yield "cancel", _cancelled(watch, wrong)


def _moved(watch: Watch) -> Iterator[Watch]:
    """An event has the order looked at: at once where there is room."""
    watch = watch._replace(owed=True)
    if watch.state in {"leased", "sending"}:
        yield watch._replace(look_again=True)
        return
    watch = watch._replace(attempts=0)
    yield watch._replace(state="due")
    yield _leased(watch)


def _cancelled(watch: Watch, wrong: str) -> Watch:
    watch = watch._replace(cancelled=True, owed=False)
    if wrong == "a cancelled order is looked at again":
        return watch
    return _fenced(watch)._replace(state="ended", run=None, look_again=False)


def _fenced(watch: Watch) -> Watch:
    """The fence moves on; who holds the one before holds nothing."""
    workers = tuple(None if held is None else OLD for held in watch.workers)
    return watch._replace(hints=frozenset(OLD for _ in watch.hints), workers=workers)


def _leased(watch: Watch) -> Watch:
    watch = _fenced(watch)
    return watch._replace(state="leased", hints=watch.hints | {OWN})


def _ended(watch: Watch) -> Iterator[Step]:
    """A lease ends and is claimed back; what lost two workers comes at its moment."""
    if OWN in watch.hints or OWN in watch.workers:
        # Somebody still comes with it, and comes too late.
        if not watch.faults:
            return
        watch = watch._replace(faults=watch.faults - 1)
    apart = watch.state == "sending" and watch.attempts > 1
    yield "the lease ends", watch._replace(state="due") if apart else _leased(watch)


def _hint(watch: Watch, fence: int, wrong: str) -> Iterator[Step]:
    yield "lose a hint", watch
    holds = fence == OWN and watch.state == "leased"
    yield "hand back", watch._replace(state="due") if holds else watch
    if None in watch.workers:
        at = watch.workers.index(None)
        yield f"w{at} begins", _begun(watch, at, wrong) if holds else watch


def _begun(watch: Watch, at: int, wrong: str) -> Watch:
    kept = wrong == "what lost its workers dies although an event came"
    if watch.look_again:
        attempts = watch.attempts if kept else 0
        still = wrong == "look_again is never taken back"
        watch = watch._replace(look_again=still, attempts=attempts)
    if watch.attempts >= MOST_ATTEMPTS:
        return watch._replace(state="dead")
    begun = watch._replace(
        state="sending", run=at, attempts=watch.attempts + 1, owed=False
    )
    return _with(begun, at, OWN)


def _reported(watch: Watch, at: int, fence: int, look: str, wrong: str) -> Watch:
    if (watch.state, fence, watch.run) != ("sending", OWN, at):
        return watch
    works = look in {"seen", "last"}
    watch = watch._replace(attempts=0 if works else watch.attempts, run=None)
    heeded = {
        "look_again is ignored": not works,
        "a watch's end wins over look_again": look != "last",
        "a failed look wins over look_again": works,
    }.get(wrong, True)
    if watch.look_again and heeded:
        return watch._replace(state="due")
    if look == "last":
        return _fenced(watch)._replace(state="ended", look_again=False)
    return watch._replace(state="dead" if look == "give_up" else "later")


def _with(watch: Watch, at: int, held: int | None) -> Watch:
    workers = watch.workers
    return watch._replace(workers=(*workers[:at], held, *workers[at + 1 :]))


def looks_again(_before: Watch, _move: str, after: Watch) -> bool:
    """What an event has moved is on its way to a look, neither put off nor ended."""
    return not after.owed or after.state in {"due", "leased", "sending"}


def cancelled_ends(_before: Watch, _move: str, after: Watch) -> bool:
    return not after.cancelled or after.state in {"ended", "absent"}


def ended_stays(before: Watch, move: str, after: Watch) -> bool:
    """Only an event that starts the watch brings it back."""
    return before.state != "ended" or after.state == "ended" or move == "start"


def once_per_event(_before: Watch, _move: str, after: Watch) -> bool:
    """No look is asked for that has begun already."""
    return not after.look_again or after.owed


RULES: Mapping[str, Callable[[Watch, str, Watch], bool]] = {
    "W1 looks again": looks_again,
    "W2 cancelled ends": cancelled_ends,
    "W3 ended stays": ended_stays,
    "W4 once per event": once_per_event,
}

#: What the scripts might get wrong, each with the rule that must notice it.
MISTAKES = {
    "look_again is ignored": "W1 looks again",
    "a watch's end wins over look_again": "W1 looks again",
    "a failed look wins over look_again": "W1 looks again",
    "what lost its workers dies although an event came": "W1 looks again",
    "a cancelled order is looked at again": "W2 cancelled ends",
    "look_again is never taken back": "W4 once per event",
}


def explore(wrong: str = "") -> Search[str]:
    """Search every state of the watch; all must be able to end."""
    return search(Watch(), RULES, partial(steps, wrong=wrong), _complete)


def _complete(watch: Watch) -> bool:
    return watch.state in {"ended", "dead"} and not watch.owed
