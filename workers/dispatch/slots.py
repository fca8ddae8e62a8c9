"""Task slots of this process: how many are taken, and how many are free."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tasks.concurrency import share_of

#: Destinations of a process that has not set yet how many it serves.
MANY = 2


class Slots:
    """Counts the tasks under way in one process, by destination.

    Work that no thread here is free for is better left in the ledger: another worker
    may have one, and a thread that finishes claims it without a message.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._most = share_of(size, MANY)
        self._taken: Counter[str] = Counter()
        self._all = 0
        self._lock = threading.Lock()

    def serve(self, destinations: int) -> None:
        """Set how many destinations this process serves; one alone may take all."""
        self._most = share_of(self.size, destinations)

    def left(self) -> int:
        """How many more tasks could run here."""
        return max(0, self.size - self._all)

    def free(self, destination: str) -> int:
        """How many more tasks of this destination could run here."""
        with self._lock:
            return max(0, min(self.left(), self._most - self._taken[destination]))

    @contextmanager
    def taken(self, destination: str) -> Iterator[bool]:
        """Take a slot for as long as the context lasts; False when there is none."""
        with self._lock:
            granted = self._taken[destination] < self._most
            self._move(destination, int(granted))
        try:
            yield granted
        finally:
            with self._lock:
                self._move(destination, -int(granted))

    def _move(self, destination: str, by: int) -> None:
        self._all += by
        self._taken[destination] += by
        if not self._taken[destination]:
            # What was called once is not counted for ever.
            del self._taken[destination]
