"""Waiting that ends in time, and at once when the user asks for it."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

_LOOK_SECONDS = 0.05
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class InterruptedDemoError(Exception):
    """The user asked the demo to end."""


class DemoError(Exception):
    """The demo cannot go on; the message says what happened and what to do."""


class Patience:
    """Waits; a signal ends a wait and nothing else.

    A signal only leaves a note, which each wait looks at: an exception out of a
    handler could hit between a process's start and the place that will end it.
    """

    def __init__(self) -> None:
        self._interrupted = False

    def interrupt(self) -> None:
        """End the wait that goes on, and all later ones."""
        self._interrupted = True

    def check(self) -> None:
        """Go on; raises InterruptedDemoError when the user asked for the end."""
        if self._interrupted:
            raise InterruptedDemoError

    def until(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """Look until there is something, or None when the seconds are over.

        Raises:
            InterruptedDemoError: the user asked for the end.
        """
        ends = time.monotonic() + seconds
        while True:
            self.check()
            found = look()
            if found or time.monotonic() > ends:
                return found
            time.sleep(_LOOK_SECONDS)

    def pause(self, seconds: float) -> None:
        """Wait so long; raises InterruptedDemoError."""
        self.until(lambda: None, seconds)


@contextmanager
def patience() -> Iterator[Patience]:
    """Listen to Ctrl-C, SIGTERM and a closed terminal; main thread only."""
    waits = Patience()
    before = {
        number: signal.signal(number, lambda *_: waits.interrupt())
        for number in _SIGNALS
    }
    try:
        yield waits
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
