"""Back-pressure on Intake: how much work waits for threads alone."""

from collections.abc import Callable, Collection, Iterable

import redis

from tasks.concurrency import Destinations
from workers.dispatch.queues import queue_of
from workers.ledger.claims import Claims
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.scripts import Scripts
from workers.wiring.process import Process

#: Seconds per call from which on a destination's work waits for the partner, and not
#: for a thread here: to read less would not let it be called sooner.
SLOW_SECONDS = 1.0


class BackPressure:
    """Counts the items that are due and wait for nothing but a thread.

    What a shut gate, a rate, a slow partner, a disabled endpoint or a queue that nobody
    serves holds up is not counted: it must not hold up the others' events.

    Args:
        waiting: destinations with how much is due there; those that nobody looks at
            are left out.
        destinations: of the settings.
        bypasses_gate: whether calls may start without asking a destination's gate.
        seconds: how long a call takes lately.
        queues: those that a living worker takes hints from.
        enough: beyond which no more is counted.
    """

    def __init__(
        self,
        waiting: Callable[[], Iterable[tuple[str, int]]],
        destinations: Destinations,
        bypasses_gate: Callable[[str], bool],
        seconds: Callable[[str], float],
        queues: Callable[[], Collection[str]],
        enough: int,
    ) -> None:
        self._waiting = waiting
        self._destinations = destinations
        self._bypasses_gate = bypasses_gate
        self._seconds = seconds
        self._queues = queues
        self._enough = enough

    def due(self) -> int:
        """How many, or more than enough; raises redis.RedisError."""
        found, queues = 0, None
        for name, due in self._waiting():
            if not due:
                continue
            queues = self._queues() if queues is None else queues
            found += due if self._counts(name, queues) else 0
            if found > self._enough:
                break
        return found

    def _counts(self, name: str, queues: Collection[str]) -> bool:
        return (
            name in self._destinations
            and queue_of(name) in queues
            and self._seconds(name) < SLOW_SECONDS
            and self._bypasses_gate(name)
        )


def back_pressure(process: Process, client: "redis.Redis") -> BackPressure:
    """That of one worker.

    Args:
        process: the worker's parts.
        client: of who asks.
    """
    parts, heartbeats = process.ledger, Heartbeats(client)
    claims = Claims(Scripts(client), parts.retention, process.settings.partitions)

    def queues() -> set[str]:
        return {name for one in heartbeats.alive() for name in one.heartbeat.queues}

    return BackPressure(
        claims.waiting,
        parts.destinations,
        process.working.room.bypasses_gate,
        process.call_times.seconds,
        queues,
        enough=process.settings.intake_ahead,
    )
