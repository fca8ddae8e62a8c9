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
