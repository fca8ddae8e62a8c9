"""Hints: to threads of this process, else on Celery's queues: ids and fences."""

from collections.abc import Callable, Iterable, Sequence

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from tasks.concurrency import Destinations
from tasks.hint_batching import Pace, best_hint_size, hints_of_size, merged
from tasks.ledger_values import Claim, Hint
from workers.dispatch.queues import ORDERS
from workers.dispatch.threads import NOTHING, Assignment, Begun, Threads
from workers.partners.registry import spec_of

log = structlog.get_logger()

#: The task that receives events.
RECEIVE = "orders.receive"


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


def _assignment(hint: Hint) -> Assignment:
    task = spec_of(hint.destination).task
    return Assignment(task, hint.destination, encode(hint), hint)


class CeleryHints:
    """Sends hints: in memory where this process has a thread free, else by message.

    A hint that is lost costs a lease, so a failure is only logged.

    Args:
        app: the Celery app.
        threads: of this process.
        destinations: for the items that one call carries.
        seconds: how long a call to a destination takes lately.
        begins: called before anything is sent.
        bypasses_gate: whether calls may start without asking a destination's gate.
    """

    def __init__(
        self,
        app: Celery,
        threads: Threads,
        destinations: Destinations,
        seconds: Callable[[str], float],
        begins: Callable[[], None],
        bypasses_gate: Callable[[str], bool],
    ) -> None:
        self._app = app
        self._threads = threads
        self._destinations = destinations
        self._seconds = seconds
        self._begins = begins
        self._bypasses_gate = bypasses_gate

    def send(self, hints: Sequence[Hint]) -> None:
        """Send hints, cut into parcels; never raises."""
        for begun in hints:
            if begun.run:
                self._send(_assignment(begun))
        for whole in merged(one for one in hints if not one.run):
            for hint in hints_of_size(whole, self._size(whole)):
                self._send(_assignment(hint))

    def receive(self, ids: Sequence[str], begun: Begun = NOTHING) -> None:
        """Hint at entries of the stream, of which some were started; never raises."""
        arguments: list[object] = [list(ids)]
        self._send(Assignment(RECEIVE, ORDERS, arguments, None, tuple(ids), begun))

    def may_receive(self, seconds: float) -> bool:
        """Whether entries find a thread here before the time is up, or need none."""
        threads = self._threads
        return not threads.serves(RECEIVE) or threads.wait(ORDERS, seconds)

    def hint_size(self, destination: str) -> int:
        """How many items a task may claim beyond its hint: `tasks.execution.drain`."""
        if not self._bypasses_gate(destination):
            return 0
        return best_hint_size(1, self._pace(destination))

    def _size(self, hint: Hint) -> int:
        return best_hint_size(len(hint.claims), self._pace(hint.destination))

    def _pace(self, destination: str) -> Pace:
        per_call = self._destinations[destination].per_call
        return Pace(self._seconds(destination), per_call, self._threads.size)

    def _send(self, assignment: Assignment) -> None:
        self._begins()
        taken = self._threads.take(assignment)
        begun = assignment.hint is not None and assignment.hint.run
        # Nobody else can go on with what has begun: its lease ends.
        if not taken and not begun:
            self.send_message(assignment)

    def send_message(self, assignment: Assignment) -> None:
        """Have any worker that serves its queue take it; never raises."""
        try:
            self._app.send_task(assignment.task, args=assignment.arguments)
        except (OperationalError, RedisError, OSError) as error:
            # kombu calls a broker that is away, or full, an OperationalError; one that
            # it did not translate must not end a step's thread either.
            why = type(error.__cause__ or error).__name__
            log.warning("hint_lost", task=assignment.task, error=why)
