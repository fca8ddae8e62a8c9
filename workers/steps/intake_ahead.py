"""How much work waits for threads alone, which Intake must not run ahead of."""

from collections.abc import Callable, Collection, Sequence

from workers.ledger.claims import Work
from workers.ledger.destinations import Destinations
from workers.queues import queue_of

#: Seconds per call from which on a destination's work waits for the partner, and not
#: for a thread here: to read less would not let it be called sooner.
SLOW_SECONDS = 1.0


class Ahead:
    """Counts the items that are due and wait for nothing but a thread.

    What a shut gate, a rate, a slow partner, a disabled endpoint or a queue that nobody
    serves holds up is not counted: it must not hold up the others' events.

    Args:
        work: what every destination has to do; disabled ones are left out.
        destinations: of the settings.
        seconds: how long a call takes lately.
        queues: those that a living worker takes hints from.
    """

    def __init__(
        self,
        work: Callable[[], Sequence[Work]],
        destinations: Destinations,
        seconds: Callable[[str], float],
        queues: Callable[[], Collection[str]],
    ) -> None:
        self._work = work
        self._destinations = destinations
        self._seconds = seconds
        self._queues = queues

    def due(self) -> int:
        """How many; raises redis.RedisError."""
        waiting = [one for one in self._work() if one.due]
        queues = self._queues() if waiting else ()
        return sum(one.due for one in waiting if self._counts(one.destination, queues))

    def _counts(self, name: str, queues: Collection[str]) -> bool:
        return (
            name in self._destinations
            and queue_of(name) in queues
            and self._seconds(name) < SLOW_SECONDS
            and self._destinations.asks_no_gate(name)
        )
