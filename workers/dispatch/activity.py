"""Activity of this process, by which background guards rest while nothing is called."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds for which work that is over counts as recent: longer than the second that a
#: Redis with `appendfsync everysec` may lose.
RECENT_SECONDS = 2.0


class Activity:
    """The work of one process: what is under way, and when the last of it was.

    Args:
        monotonic: seconds that nobody sets.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._under_way = 0
        self._lock = threading.Lock()
        self._noted_at = -RECENT_SECONDS
        #: Called when work begins after a rest, before any of it is done.
        self.begins: Callable[[], None] = lambda: None

    @property
    def is_recent(self) -> bool:
        """Whether anything is under way, or was a moment ago."""
        since = self._monotonic() - self._noted_at
        return self._under_way > 0 or since < RECENT_SECONDS

    def note(self) -> None:
        """Something is about to be done."""
        rested = not self.is_recent
        self._noted_at = self._monotonic()
        if rested:
            self.begins()

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Something is being done for as long as the context lasts."""
        self.note()
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
            self._noted_at = self._monotonic()
