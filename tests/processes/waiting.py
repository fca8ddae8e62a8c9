"""Waiting for something to hold, with a deadline instead of luck."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: Far beyond what anything here takes, even on a busy machine.
PATIENCE = 100.0


def until(what: str, look: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """Look again and again; the first answer that is true in itself.

    Raises:
        AssertionError: there was none in time; it says what was waited for.
    """
    ends = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < ends, f"in {seconds:g} s it never held: {what}"
        time.sleep(0.01)
