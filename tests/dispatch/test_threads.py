"""Hints that threads of this process take: slots counted at once, none left behind."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.ledger_values import Claim, Hint
from tasks.planning.rules import DECK, WESTCON
from workers.dispatch.queues import ORDERS
from workers.dispatch.slots import Slot, Slots
from workers.dispatch.threads import Assignment, Threads

SIZE = 4
#: What leaves a quarter to the others.
SHARE = 3


class Runner:
    """Keeps what it is given until it is let go; then remembers it."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()
        self.served = True
        self.done: list[Assignment] = []

    def serves(self, task: str) -> bool:
        return self.served and task != "orders.publish"

    def run(self, assignment: Assignment, slot: Slot) -> None:
        self.begun.release()
        self.go.wait(60)
        with slot:
            self.done.append(assignment)


class Here:
    """A process: its slots, its pool, its threads, and what runs in them."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool, self.stopping = pool, threading.Event()
        self.slots, self.runner = Slots(SIZE), Runner()
        self.threads = Threads(self.slots, self.stopping.is_set)
        self.threads.serve(pool.submit, self.runner)


@pytest.fixture(name="here")
def made_here() -> Iterator[Here]:
    with ThreadPoolExecutor(SIZE) as pool:
        made = Here(pool)
        yield made
        made.runner.go.set()


def hint(destination: str = DECK) -> Assignment:
    return Assignment(f"{destination}.task", destination, [destination])


def test_a_hint_counts_from_the_moment_it_is_handed_over(here: Here) -> None:
    taken = [here.threads.take(hint()) for _ in range(SIZE)]

    assert taken == [True] * SHARE + [False]
    assert here.slots.left() == SIZE - SHARE


def test_hand_overs_at_one_time_take_no_slot_twice(here: Here) -> None:
    crowd = 32
    with ThreadPoolExecutor(crowd) as others:
        start = threading.Barrier(crowd)

        def take(assignment: Assignment) -> bool:
            start.wait()
            return here.threads.take(assignment)

        taken = list(others.map(take, repeat(hint(), crowd)))

    assert taken.count(True) == SHARE


def test_a_slot_is_free_again_once_its_hint_is_done(here: Here) -> None:
    here.threads.take(hint())

    here.runner.go.set()

    assert here.slots.wait(DECK, 60)
    here.pool.shutdown()
    assert here.slots.free(DECK) == SHARE


def test_events_leave_the_threads_to_what_follows_from_them(here: Here) -> None:
    events = Assignment("orders.receive", ORDERS, [["1-0"]], ids=("1-0",))

    taken = [here.threads.take(events) for _ in range(2)]

    assert taken == [True, False]
    assert here.slots.free(WESTCON) == SHARE
    assert not here.threads.wait(ORDERS, 0.0)


@pytest.mark.parametrize("why", ["stops", "queue", "pool", "withdrawn"])
def test_what_this_process_cannot_take_needs_a_message(here: Here, why: str) -> None:
    match why:
        case "stops":
            here.stopping.set()
        case "queue":
            here.runner.served = False
        case "pool":
            here.pool.shutdown()
        case _:
            here.threads.withdraw()

    assert not here.threads.take(hint())
    assert here.slots.left() == SIZE


def test_without_a_pool_everything_needs_a_message() -> None:
    assert not Threads(Slots(SIZE), lambda: False).take(hint())


def test_what_no_thread_has_begun_is_withdrawn_with_its_slot(here: Here) -> None:
    with ExitStack() as busy:
        # Celery's own tasks have all threads of the pool but one.
        block = threading.Event()
        busy.callback(block.set)
        for _ in range(SIZE - 1):
            here.pool.submit(block.wait, 60)
        first, second = hint(DECK), hint(WESTCON)
        here.threads.take(first)
        here.runner.begun.acquire(timeout=60)
        here.threads.take(second)

        withdrawn = here.threads.withdraw()

    assert withdrawn == [second]
    assert here.slots.left() == SIZE - 1
    here.runner.go.set()
    here.pool.shutdown()
    assert here.runner.done == [first]


def begun(run: str) -> Assignment:
    """A hint whose attempt has begun with this run."""
    one = Hint(DECK, 0, (Claim("delivery:1", 1),), run)
    return Assignment("deck.link", DECK, [], one)


def test_a_thread_that_is_kept_counts_until_its_item_is_done(here: Here) -> None:
    runs = [here.threads.reserve(DECK) for _ in range(SIZE)]

    assert [bool(run) for run in runs] == [True] * SHARE + [False]
    assert not here.threads.take(hint())
    assert here.threads.take(begun(runs[0]))
    here.threads.release(runs[1])
    here.threads.release(runs[1])
    here.runner.go.set()
    assert here.slots.wait(DECK, 60)
    here.threads.release(runs[2])
    here.pool.shutdown()
    assert here.slots.free(DECK) == SHARE
    assert [one.hint for one in here.runner.done] == [begun(runs[0]).hint]


class BrokenError(Exception):
    """What is raised between the step in which an item begins and its hand-over."""


WANTED = st.lists(st.sampled_from([DECK, WESTCON]), max_size=SIZE)


@given(wanted=WANTED, handed_over=st.integers(0, SIZE), by_pool=st.booleans())
def test_whatever_is_raised_before_a_hand_over_no_thread_stays_taken(
    wanted: list[str], handed_over: int, *, by_pool: bool
) -> None:
    with ThreadPoolExecutor(SIZE) as pool:
        here = Here(pool)
        here.runner.go.set()

        def refuse(_: object) -> None:
            raise BrokenError

        with suppress(BrokenError), here.threads.keeping():
            runs = [run for one in wanted if (run := here.threads.reserve(one))]
            for run in runs[:handed_over]:
                assert here.threads.take(begun(run))
            if by_pool:
                here.threads.serve(refuse, here.runner)
                here.threads.take(begun(runs[-1]) if runs else hint())
            raise BrokenError

    assert here.slots.left() == SIZE


def test_what_another_thread_keeps_stays_its_own(here: Here) -> None:
    run = here.threads.reserve(DECK)

    with ThreadPoolExecutor(1) as another, ExitStack() as there:
        another.submit(lambda: there.enter_context(here.threads.keeping())).result()
        another.submit(there.close).result()

    assert here.threads.take(begun(run))


def test_no_thread_is_kept_by_a_process_that_stops(here: Here) -> None:
    here.stopping.set()

    assert here.threads.reserve(DECK) == ""
    assert here.slots.left() == SIZE


def test_what_has_begun_finds_its_thread_while_the_process_stops(here: Here) -> None:
    run = here.threads.reserve(DECK)
    here.stopping.set()

    assert here.threads.take(begun(run))

    here.runner.go.set()
    here.pool.shutdown()
    assert len(here.runner.done) == 1


def test_what_has_begun_is_not_withdrawn(here: Here) -> None:
    with ExitStack() as busy:
        block = threading.Event()
        busy.callback(block.set)
        for _ in range(SIZE):
            here.pool.submit(block.wait, 60)
        run = here.threads.reserve(DECK)
        assert here.threads.take(begun(run))
        here.threads.take(hint(WESTCON))

        withdrawn = here.threads.withdraw()

    assert [one.destination for one in withdrawn] == [WESTCON]
    here.runner.go.set()
    here.pool.shutdown()
    assert [one.hint for one in here.runner.done] == [begun(run).hint]
