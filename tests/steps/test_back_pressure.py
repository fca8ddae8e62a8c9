"""What counts as waiting for threads: nothing that would not be called sooner."""

import pytest

from tasks.concurrency import by_name
from tests.defaults import destination, retry
from tests.ledger.clock import room_of
from workers.steps.back_pressure import SLOW_SECONDS, BackPressure

ALL = ("westcon", "deck", "ingram")
OPEN, SHUT, SLOW, PACED = "ingram/open", "ingram/shut", "ingram/slow", "ingram/paced"


def due(*names: str, queues: tuple[str, ...] = ALL) -> int:
    known = [destination(name, retry(())) for name in ("westcon", OPEN, SHUT, SLOW)]
    known.append(destination(PACED, retry(()), calls_per_minute=60))
    destinations = by_name(known)
    room = room_of(destinations, shut=frozenset({SHUT}))
    waiting = [(name, 10) for name in names]
    seconds = {SLOW: SLOW_SECONDS}
    ahead = BackPressure(
        lambda: waiting,
        destinations,
        room.bypasses_gate,
        lambda n: seconds.get(n, 0.1),
        lambda: queues,
        enough=1_000,
    )
    return ahead.due()


def test_what_waits_for_threads_counts_over_all_destinations() -> None:
    assert due("westcon", OPEN) == 20
    assert due() == 0


@pytest.mark.parametrize("name", [SHUT, SLOW, PACED, "ingram/unknown"])
def test_what_waits_for_anything_else_does_not_count(name: str) -> None:
    assert due(name, OPEN) == 10


def test_what_nobody_serves_does_not_count() -> None:
    assert due("westcon", OPEN, queues=("orders", "westcon")) == 10
