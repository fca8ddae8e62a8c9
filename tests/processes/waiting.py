"""Waiting for something to hold, with a deadline instead of luck."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: Seconds between two looks: a tenth of what has been waited for, within these bounds.
#: Looks cost both sides, and whoever is waited for shares the machine.
SHORTEST, LONGEST = 0.01, 0.2

#: Far beyond what anything here takes, even on a busy machine.
PATIENCE = 100.0


def until(what: str, look: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """Look again and again; the first answer that is true in itself.

    Raises:
        AssertionError: there was none in time; it names what was waited for.
    """
    began = time.monotonic()
    while True:
        seen = look()
        if seen:
            return seen
        waited = time.monotonic() - began
        assert waited < seconds, f"in {seconds:g} s it never held: {what}"
        time.sleep(min(LONGEST, max(SHORTEST, waited / 10)))
