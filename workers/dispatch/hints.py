"""Hints on Celery's queues: ids and fences, nothing else."""

from collections.abc import Callable, Iterable, Sequence

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from tasks.concurrency import Destinations
from tasks.hint_batching import Pace, best_hint_size, hints_of_size, merged
from tasks.ledger_values import Claim, Hint
from workers.partners.registry import spec_of

log = structlog.get_logger()


def encode(hint: Hint) -> list[object]:
    """A task's arguments."""
    claims = [f"{claim.ref}:{claim.fence}" for claim in hint.claims]
    return [hint.destination, hint.partition, claims]


def decode(destination: str, partition: int, claims: Iterable[str]) -> Hint:
    """A hint from a task's arguments; raises ValueError for anything else."""
    pairs = (claim.rpartition(":") for claim in claims)
    found = tuple(Claim(ref, int(fence)) for ref, _, fence in pairs)
    if not found:
        raise ValueError("a hint without claims")
    return Hint(destination, partition, found)


class CeleryHints:
    """Sends hints. A hint that is lost costs a lease, so a failure is only logged.

    Args:
        app: the Celery app.
        destinations: for the items that one call carries.
        seconds: how long a call to a destination takes lately.
        slots: how many hints this worker can have under way.
        begins: called before anything is sent.
        bypasses_gate: whether calls may start without asking a destination's gate.
    """

    def __init__(
        self,
        app: Celery,
        destinations: Destinations,
        seconds: Callable[[str], float],
        slots: int,
        begins: Callable[[], None],
        bypasses_gate: Callable[[str], bool],
    ) -> None:
        self._app = app
        self._destinations = destinations
        self._seconds = seconds
        self._slots = slots
        self._begins = begins
        self._bypasses_gate = bypasses_gate

    def send(self, hints: Sequence[Hint]) -> None:
        """Send hints, cut into parcels; never raises."""
        for hint in merged(hints):
            for hint_size in hints_of_size(hint, self._size(hint)):
                self._send(spec_of(hint.destination).task, encode(hint_size))

    def receive(self, ids: Sequence[str]) -> None:
        """Hint at entries of the stream."""
        self._send("orders.receive", [list(ids)])

    def hint_size(self, destination: str) -> int:
        """How many items a task may claim beyond its hint: `tasks.execution.drain`."""
        if not self._bypasses_gate(destination):
            return 0
        return best_hint_size(1, self._pace(destination))

    def _size(self, hint: Hint) -> int:
        return best_hint_size(len(hint.claims), self._pace(hint.destination))

    def _pace(self, destination: str) -> Pace:
        per_call = self._destinations[destination].per_call
        return Pace(self._seconds(destination), per_call, self._slots)

    def _send(self, task: str, arguments: list[object]) -> None:
        self._begins()
        try:
            self._app.send_task(task, args=arguments)
        except (OperationalError, RedisError, OSError) as error:
            # kombu calls a broker that is away, or full, an OperationalError; one that
            # it did not translate must not end a step's thread either.
            why = type(error.__cause__ or error).__name__
            log.warning("hint_lost", task=task, error=why)
