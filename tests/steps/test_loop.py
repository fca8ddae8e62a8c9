"""A step's thread goes on, whatever one of its turns meets."""

import threading

import pytest

from workers.steps.loop import Loop


@pytest.mark.parametrize("error", [ConnectionError("away"), RuntimeError("a defect")])
def test_a_turn_that_fails_does_not_end_the_step(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.steps.loop.PAUSE", 0.0)
    again, recovered = threading.Event(), list[int]()
    turns: list[int] = []

    def turn() -> float:
        turns.append(1)
        if len(turns) == 1:
            raise error
        again.set()
        return 1.0

    loop = Loop("release", turn, ConnectionError)
    loop.recovers = lambda: recovered.append(len(turns))
    loop.start()

    assert again.wait(20)
    loop.join(20)
    assert recovered == [2]


class Clock:
    """Stands still until a turn moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("error", "stuck"), [(ConnectionError("away"), 0.0), (RuntimeError("a defect"), 90)]
)
def test_only_a_restart_would_mend_a_loop_that_is_stuck(
    error: Exception, stuck: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr("workers.steps.loop.time", clock)

    def turn() -> float:
        clock.now += 90
        loop.ask_to_stop()
        raise error

    loop = Loop("release", turn, ConnectionError)
    clock.now = 1_000
    before = loop.stuck_seconds
    loop.start()
    loop.join(20)

    assert (before, loop.stuck_seconds) == (0.0, stuck)
    # It is not to blame for what was waited for before its start.
    assert loop.idle_seconds == 90
