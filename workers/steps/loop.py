"""A step's thread: turns until it is asked to stop, and survives Redis."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import redis
import structlog

from workers.redis.failures import awaited
from workers.telemetry.masking import raised_at

log = structlog.get_logger()

#: Seconds between turns while Redis does not answer.
PAUSE = 1.0


class Loop:
    """Runs one step's turns in a daemon thread.

    Args:
        name: the step's name, for logs and metrics.
        turn: one round; answers the seconds to rest.
        expected: what a turn may raise without being broken.
        turned: called with the name after every turn that worked.
        last: done once, after the loop was asked to stop.
    """

    def __init__(
        self,
        name: str,
        turn: Callable[[], float],
        expected: type[Exception],
        turned: Callable[[str], None] = lambda _: None,
        last: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._turn = turn
        self._expected = expected
        self._turned = turned
        self._last = last
        self._stop = threading.Event()
        self._awake = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"waybill-{name}", daemon=True
        )
        self._turned_at = time.monotonic()
        self._ended_at: float | None = None
        #: What the last turn failed with, "" when it worked.
        self.failure = ""
        #: Called after a turn that worked again.
        self.recovers: Callable[[], None] = lambda: None

    @property
    def idle_seconds(self) -> float:
        """How long ago the last turn worked, or it was started."""
        return time.monotonic() - self._turned_at

    @property
    def stuck_seconds(self) -> float:
        """How long ago a turn worked, or failed as expected; 0.0 before the start."""
        return 0.0 if self._ended_at is None else time.monotonic() - self._ended_at

    def start(self) -> None:
        self._turned_at = self._ended_at = time.monotonic()
        self._thread.start()

    def nudge(self) -> None:
        """Rest no longer before the next turn."""
        self._awake.set()

    def ask_to_stop(self) -> None:
        """Begin no further turn; does not wait for the one under way."""
        self._stop.set()
        self.nudge()

    def join(self, seconds: float) -> None:
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stop.is_set():
            pause = self._turn_once()
            if pause > 0:
                self._awake.wait(pause)
                self._awake.clear()
        with suppress(self._expected):
            self._last()

    def _turn_once(self) -> float:
        try:
            pause = self._turn()
        except self._expected as error:
            self.failure, self._ended_at = type(error).__name__, time.monotonic()
            why = awaited(error) if isinstance(error, redis.RedisError) else ""
            log.warning("step_waits", step=self.name, error=self.failure, why=why)
            return PAUSE
        except Exception as error:  # noqa: BLE001 (as follows)
            # A defect must not end the thread in silence: without Release nothing that
            # was lost is ever found again. `/live` shows it when it goes on.
            self.failure = type(error).__name__
            self._log_defect(error)
            return PAUSE
        failed, self.failure = self.failure, ""
        self._turned_at = self._ended_at = time.monotonic()
        self._turned(self.name)
        if failed:
            self.recovers()
        return pause

    def _log_defect(self, error: Exception) -> None:
        """Log class and place; its text may hold anything."""
        at = raised_at(error)
        log.error("step_failed", step=self.name, error=self.failure, at=at)
