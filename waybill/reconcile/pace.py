"""Pace of a reconciliation's calls: by the workers' gate, in a share of its rate."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tasks.destination import Destination
from tasks.outcomes.errors import (
    NotYet,
    PartnerError,
    Throttled,
    TransientError,
    Unavailable,
)
from tasks.polling.query import UNREADABLE
from workers.ledger.gates import Gates

T = TypeVar("T")

#: Attempts at one call, and the seconds between two where nobody names them.
ATTEMPTS, PAUSE = 5, 5.0

#: Attempts at a question of several orders, which may be asked one by one.
ATTEMPTS_TOGETHER = 2

#: Questions in a row that may fail, with no other answered in between, before a partner
#: counts as away: it may stumble over one order.
STUMBLES = 3

#: Questions that may be refused one after the other before any was answered.
REFUSED = 20

#: Seconds that are waited for a partner at once; who waits longer is told so.
LONGEST = 900.0


class StoppedError(Exception):
    """A partner does not answer; what it has answered is kept."""


class Pace:
    """Calls to one destination, by any number of threads.

    Args:
        gates: of all workers.
        known: the destination with its limits.
        share: of its rate that may be used.
        report: reports that calls wait.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        gates: Gates,
        known: Destination,
        share: float,
        report: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gates = gates
        self._known = known
        self._report = report
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = 0.0
        self._answered = self._refused = self._stumbled = 0
        #: Seconds between two calls.
        self.interval = known.interval_ms / 1000 / share

    def call(self, ask: Callable[[], T], attempts: int = ATTEMPTS) -> T:
        """Make a call when it may be made; again where the partner must be waited for.

        Raises:
            PartnerError: what is wrong with this question alone.
            StoppedError: the partner does not answer.
        """
        name = self._known.name
        for attempt in range(1, attempts + 1):
            self._wait_for_turn()
            try:
                answer = ask()
            except (Throttled, Unavailable, NotYet) as error:
                if isinstance(error, Unavailable) and error.code in UNREADABLE:
                    # Fewer orders in one call may be answered, see `ask`.
                    self._gates.served(name)
                    raise
                pause = self._failed(error, attempt)
                if attempt == attempts or pause > LONGEST:
                    self._give_up(error)
                    raise
                self._report(f"{name} must be waited for {pause:.0f} s: {error}")
                self._sleep(pause)
            except PartnerError as error:
                self._gates.served(name)
                self._refused += 1
                if self._refused >= REFUSED:
                    self.look_whether_answered(str(error))
                raise
            else:
                self._gates.served(name)
                self._answered += 1
                self._stumbled = 0
                return answer
        raise StoppedError(name)

    def look_whether_answered(self, why: str = "see waybill doctor") -> None:
        """Raise StoppedError where questions have failed, and none was answered."""
        failed = self._refused + self._stumbled
        if failed and not self._answered:
            what = f"{self._known.name} has refused {failed} questions"
            raise StoppedError(f"{what} and answered none: {why}")

    def _give_up(self, error: TransientError | NotYet) -> None:
        """Raise StoppedError unless the partner may have stumbled over this order."""
        self._stumbled += 1
        if not stumbles(error) or self._stumbled >= STUMBLES:
            raise StoppedError(f"{self._known.name}: {error}") from error

    def _wait_for_turn(self) -> None:
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self.interval
        self._sleep(max(0.0, turn - now))
        while wait := self._gates.wait(self._known.name):
            if wait > LONGEST:
                what = f"{self._known.name}: its gate is closed for {wait:.0f} s"
                raise StoppedError(what)
            self._sleep(wait)

    def _failed(self, error: TransientError | NotYet, attempt: int) -> float:
        """Report it as a worker does; seconds until it is worth calling again."""
        name = self._known.name
        asked = error.after if isinstance(error, NotYet) else error.retry_after
        seconds = asked or PAUSE
        if stumbles(error) and attempt > 1:
            # The workers' gate must not close for one order.
            return seconds
        if isinstance(error, Unavailable):
            seconds = max(seconds, self._gates.failed(name, error.code))
        elif asked and (isinstance(error, Throttled) or error.shared):  # type: ignore[union-attr] # NotYet has it
            self._gates.close(name, min(asked, LONGEST), error.code)
        return seconds


def stumbles(error: object) -> bool:
    """Whether it may be about one order alone: the partner has answered, with 5xx."""
    return isinstance(error, Unavailable) and error.code.startswith("http_5")
