"""Task slots of this process: how many are taken, and how many are free."""

import threading
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType

from tasks.concurrency import receivers_of, share_of
from workers.dispatch.queues import ORDERS

#: Destinations of a process that has not set yet how many it serves.
MANY = 2


class Slot:
    """A slot that is taken: given back at the end of its context, or before."""

    __slots__ = ("_destination", "_is_held", "_slots")

    def __init__(self, slots: "Slots", destination: str) -> None:
        self._slots = slots
        self._destination = destination
        self._is_held = True

    def __enter__(self) -> bool:
        return True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.give_back()

    def give_back(self) -> None:
        """Free it; more than once is harmless."""
        if self._is_held:
            self._is_held = False
            self._slots.free_again(self._destination)


class Slots:
    """Counts the tasks under way in one process, by destination.

    Work that no thread here is free for is better left in the ledger: another worker
    may have one, and a thread that finishes claims it without a message. Events being
    received count under the name of their queue, and have a share of their own.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._most = share_of(size, MANY)
        self._receivers = receivers_of(size)
        self._taken: Counter[str] = Counter()
        self._all = 0
        self._changed = threading.Condition(threading.Lock())
        self._waiting = 0

    def serve(self, destinations: int) -> None:
        """Set how many destinations this process serves; one alone may take all."""
        self._most = share_of(self.size, destinations)

    def left(self) -> int:
        """How many more tasks could run here."""
        return max(0, self.size - self._all)

    def free(self, destination: str) -> int:
        """How many more tasks of this destination could run here."""
        with self._changed:
            return self._free(destination)

    def _free(self, destination: str) -> int:
        share = self._share(destination) - self._taken[destination]
        return max(0, min(self.left(), share))

    def _share(self, destination: str) -> int:
        return self._receivers if destination == ORDERS else self._most

    def wait(self, destination: str, seconds: float) -> bool:
        """Whether one is free for it, at once or before the time is up."""
        with self._changed:
            self._waiting += 1
            try:
                return self._changed.wait_for(
                    lambda: self._free(destination) > 0, seconds
                )
            finally:
                self._waiting -= 1

    def take(self, destination: str) -> Slot | None:
        """Take a slot for what is about to run here; None when none is free."""
        with self._changed:
            if not self._free(destination):
                return None
            self._move(destination, 1)
        return Slot(self, destination)

    def taken(self, destination: str) -> AbstractContextManager[bool]:
        """A slot for what a thread has begun, as far as its destination's share allows.

        The thread is there, so that what all have taken does not count; events are
        received whatever their share.
        """
        with self._changed:
            share = self._share(destination)
            if destination != ORDERS and self._taken[destination] >= share:
                return nullcontext(enter_result=False)
            self._move(destination, 1)
        return Slot(self, destination)

    def free_again(self, destination: str) -> None:
        """Count one less there; who waits for a slot looks again."""
        with self._changed:
            self._move(destination, -1)
            if self._waiting:
                self._changed.notify_all()

    def _move(self, destination: str, by: int) -> None:
        self._all += by
        self._taken[destination] += by
        if not self._taken[destination]:
            # What was called once is not counted for ever.
            del self._taken[destination]
