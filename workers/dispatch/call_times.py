"""Moving average of call durations by destination, by which hints are cut to size."""

import threading

#: What a destination is taken to need before it has been called: slow enough that
#: its first claims travel alone.
UNKNOWN_SECONDS = 0.1

#: How much the newest call counts against all before it.
WEIGHT = 0.2


class CallTimes:
    """A moving average of each destination's seconds per call."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    def record(self, destination: str, seconds: float) -> None:
        with self._lock:
            known = self._seconds.get(destination, seconds)
            self._seconds[destination] = known + WEIGHT * (seconds - known)

    def seconds(self, destination: str) -> float:
        """The average, or a guess for a destination not called yet."""
        return self._seconds.get(destination, UNKNOWN_SECONDS)
