"""Bounds of requests: how many of them a token may make."""

import threading
from collections.abc import Callable


class Rates:
    """So many requests a minute for each token, by a bucket that fills steadily.

    Each process of the door counts for itself.

    Args:
        per_minute: requests; 0 is any number. As many may come at once.
        monotonic: seconds.
    """

    def __init__(self, per_minute: float, monotonic: Callable[[], float]) -> None:
        self._most = per_minute
        self._monotonic = monotonic
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """Take one request; seconds until one may be made, 0 where this one may."""
        if not self._most:
            return 0.0
        most, now = max(1.0, self._most), self._monotonic()
        with self._lock:
            left, then = self._left.get(name, (most, now))
            left = min(most, left + (now - then) * self._most / 60)
            self._left[name] = (left - 1 if left >= 1 else left, now)
        return 0.0 if left >= 1 else (1 - left) * 60 / self._most
