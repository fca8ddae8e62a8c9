"""A destination takes its share of a worker's threads, and no more."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from workers.dispatch.slots import Slots


def test_one_destination_leaves_a_quarter_to_the_others() -> None:
    slots = Slots(8)

    with _taken(slots, "deck", 6):
        assert slots.free("deck") == 0
        assert slots.free("westcon") == 2
        with slots.taken("deck") as granted:
            assert not granted


def test_what_is_given_back_is_free_again() -> None:
    slots = Slots(4)

    with slots.taken("deck") as granted:
        assert granted
        assert slots.free("deck") == 2

    assert slots.free("deck") == 3


def test_no_destination_counts_on_threads_that_others_have_taken() -> None:
    slots = Slots(4)

    with _taken(slots, "deck", 3), slots.taken("westcon"):
        assert slots.free("ingram/acme") == 0


def test_a_single_thread_serves_everybody() -> None:
    with Slots(1).taken("deck") as granted:
        assert granted


def test_a_worker_that_serves_one_destination_gives_it_every_thread() -> None:
    slots = Slots(8)

    slots.serve(1)

    with _taken(slots, "deck", 8):
        assert slots.free("deck") == 0


def test_a_worker_that_serves_two_keeps_some_for_each() -> None:
    slots = Slots(8)

    slots.serve(2)

    assert slots.free("deck") == 6


@contextmanager
def _taken(slots: Slots, destination: str, count: int) -> Iterator[None]:
    with ExitStack() as stack:
        granted = [stack.enter_context(slots.taken(destination)) for _ in range(count)]
        assert all(granted)
        yield
