"""What a process works on at once: many together, or one alone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Company:
    """Lets threads work together, or one alone, which waits for those before it.

    Who comes while one waits to be alone waits for that one: a stream of events never
    keeps it waiting.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._turn = threading.Lock()
        self._together = 0
        self._is_alone = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """Work beside others."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_alone)
            self._together += 1
        try:
            yield
        finally:
            with self._changed:
                self._together -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Work while nobody else does."""
        with self._turn:
            try:
                with self._changed:
                    self._is_alone = True
                    self._changed.wait_for(lambda: not self._together)
                yield
            finally:
                with self._changed:
                    self._is_alone = False
                    self._changed.notify_all()
