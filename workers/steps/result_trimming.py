"""Trimming of results beside Release's turns, every minute."""

import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()

#: Seconds between two trimmings.
EVERY = 60.0


class TrimmedResults:
    """Turns of Release, before one of which results are trimmed now and then.

    Args:
        trim: drops old results: how many, and how many of them unread.
        turn: of Release; answers the seconds to rest.
        monotonic: seconds that nobody sets.
    """

    def __init__(
        self,
        trim: Callable[[], tuple[int, int]],
        turn: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trim = trim
        self._turn = turn
        self._monotonic = monotonic
        self._next = 0.0

    def turn(self) -> float:
        """One round; answers the seconds to rest before the next."""
        now = self._monotonic()
        if now >= self._next:
            # Before the call: what fails there must not keep Release from its work.
            self._next = now + EVERY
            self._trimmed()
        return self._turn()

    def _trimmed(self) -> None:
        _, unread = self._trim()
        if unread:
            why = (
                "a consumer group has left more results unread than"
                " WAYBILL_RESULTS__MAX_UNREAD; have it read, or delete it"
            )
            log.error("results_dropped", results=unread, why=why)
