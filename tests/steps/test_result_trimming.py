"""Results are trimmed every minute, and never in Release's way."""

import pytest
import redis
from structlog.testing import capture_logs

from workers.steps.result_trimming import EVERY, TrimmedResults


class Ledger:
    """Counts what is asked of it."""

    def __init__(self, unread: int = 0) -> None:
        self.trims = self.turns = 0
        self.unread = unread
        self.now = 1000.0
        self.broken = False
        self.step = TrimmedResults(self.trim, self.turn, lambda: self.now)

    def trim(self) -> tuple[int, int]:
        self.trims += 1
        if self.broken:
            raise redis.ConnectionError
        return self.unread, self.unread

    def turn(self) -> float:
        self.turns += 1
        return 0.25


def test_it_is_done_now_and_then_and_each_turn_is_releases() -> None:
    ledger = Ledger()

    rests = [ledger.step.turn() for _ in range(3)]
    ledger.now += EVERY
    ledger.step.turn()

    assert rests == [0.25] * 3
    assert (ledger.trims, ledger.turns) == (2, 4)


def test_what_fails_there_costs_one_turn() -> None:
    ledger = Ledger()
    ledger.broken = True

    with pytest.raises(redis.ConnectionError):
        ledger.step.turn()
    ledger.step.turn()

    assert (ledger.trims, ledger.turns) == (1, 1)


@pytest.mark.parametrize("unread", [0, 7])
def test_what_goes_unread_is_logged(unread: int) -> None:
    with capture_logs() as logs:
        Ledger(unread).step.turn()

    assert [one["event"] for one in logs] == ["results_dropped"] * bool(unread)
    assert all(one["results"] == unread for one in logs)
