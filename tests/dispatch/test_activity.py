"""A process works while something is under way, and for a moment afterwards."""

import pytest

from workers.dispatch.activity import RECENT_SECONDS, Activity


class Worker:
    """An activity on a clock of the test's, and how often it began after a rest."""

    def __init__(self) -> None:
        self.now, self.woken = 1_000.0, 0
        self.activity = Activity(lambda: self.now)
        self.activity.begins = self.wakes

    def wakes(self) -> None:
        self.woken += 1


def test_a_process_that_has_done_nothing_yet_rests() -> None:
    assert not Worker().activity.is_recent


def test_work_that_goes_on_wakes_nobody_a_second_time() -> None:
    worker = Worker()
    for _ in range(5):
        worker.activity.note()
        worker.now += RECENT_SECONDS / 2

    woken, works = [worker.woken], [worker.activity.is_recent]
    worker.now += RECENT_SECONDS
    works.append(worker.activity.is_recent)
    worker.activity.note()
    woken.append(worker.woken)

    assert (works, woken) == ([True, False], [1, 2])


def test_a_long_call_is_work_up_to_its_end_and_a_moment_longer() -> None:
    worker = Worker()
    seen = []
    with worker.activity.under_way():
        worker.now += 10 * RECENT_SECONDS
        seen.append(worker.activity.is_recent)
        with worker.activity.under_way():
            pass
        worker.now += 10 * RECENT_SECONDS
        seen.append(worker.activity.is_recent)
    seen.append(worker.activity.is_recent)
    worker.now += RECENT_SECONDS
    seen.append(worker.activity.is_recent)

    assert seen == [True, True, True, False]
    assert worker.woken == 1


def test_work_that_fails_is_over_too() -> None:
    worker = Worker()
    with pytest.raises(ZeroDivisionError), worker.activity.under_way():
        _ = 1 / 0
    worker.now += RECENT_SECONDS

    assert not worker.activity.is_recent
