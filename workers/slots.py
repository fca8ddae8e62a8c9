"""How many tasks this process runs, and how many more it could."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Slots:
    """Counts the tasks under way in one process.

    Work that no thread here is free for is better left in the ledger: another worker
    may have one, and a thread that finishes claims it without a message.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._taken = 0
        self._lock = threading.Lock()

    @property
    def free(self) -> int:
        return max(0, self.size - self._taken)

    @contextmanager
    def taken(self) -> Iterator[None]:
        with self._lock:
            self._taken += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken -= 1
