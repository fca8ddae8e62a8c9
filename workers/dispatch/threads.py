"""Threads of this process, to which a hint is handed over without a message.

What is handed over is leased, or pending in the stream, like what a message hints at: a
process that ends with it costs a lease. Its slot counts from the moment at which it is
handed over, so that two hand-overs never count on the same thread.
"""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from serializers.events.entry_fields import Content
from tasks.ledger_values import Hint
from workers.dispatch.slots import Slot, Slots
from workers.partners.registry import spec_of

#: Entries of the stream that were started with their reading, and what they hold.
Begun = Mapping[str, Content]
NOTHING: Begun = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Assignment:
    """A hint as it is sent: a Celery task with its arguments.

    Attributes:
        task: of Celery, by its name.
        destination: whose slot it takes; of events the name of their queue.
        arguments: as a message has them, and Flower shows them.
        hint: what they stand for; None for events, which are in `ids`.
        ids: of the stream's entries.
        begun: what those hold that were started already; a message starts them again.
        made_at: UTC seconds.
    """

    task: str
    destination: str
    arguments: list[object]
    hint: Hint | None = None
    ids: tuple[str, ...] = ()
    begun: Begun = field(default_factory=dict)
    made_at: float = field(default_factory=time.time)


class Runner(Protocol):
    """What runs an assignment in a thread."""

    def serves(self, task: str) -> bool:
        """Whether this process may take it, as it would take its message."""

    def run(self, assignment: Assignment, slot: Slot) -> None:
        """Do all of it, and give the slot back; never raises."""


class Threads:
    """Takes hints for threads of this process, as far as there are free ones.

    Args:
        slots: of this process.
        stopping: whether nothing new is to begin.
    """

    def __init__(self, slots: Slots, stopping: Callable[[], bool]) -> None:
        self._slots = slots
        self._stopping = stopping
        self._submit: Callable[[Callable[[], None]], object] | None = None
        self._runner: Runner | None = None
        self._waiting: deque[tuple[Assignment, Slot]] = deque()
        #: By run: who keeps it, and the slot.
        self._reserved: dict[str, tuple[int, Slot]] = {}
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many tasks this process runs at once."""
        return self._slots.size

    def wait(self, destination: str, seconds: float) -> bool:
        """Whether a slot is free for it, at once or before the time is up."""
        return self._slots.wait(destination, seconds)

    def serve(
        self, submit: Callable[[Callable[[], None]], object], runner: Runner
    ) -> None:
        """Take hints from now on.

        Args:
            submit: has a thread of Celery's pool call a function; raises RuntimeError
                once the pool is shut down.
            runner: what runs them.
        """
        self._submit, self._runner = submit, runner

    def serves(self, task: str) -> bool:
        """Whether such a hint would be handed over, were a slot free."""
        runner = self._runner
        return runner is not None and not self._stopping() and runner.serves(task)

    def take(self, assignment: Assignment) -> bool:
        """Hand it over to a thread; False where it needs a message."""
        slot = self._slot(assignment)
        if slot is None:
            return False
        with self._lock, ExitStack() as untaken:
            untaken.callback(slot.give_back)
            submit = self._submit
            if submit is None or not self._submitted(submit):
                return False
            self._waiting.append((assignment, slot))
            untaken.pop_all()
        return True

    def reserve(self, destination: str) -> str:
        """Keep a thread for an item that begins there; its run, "" where none is free.

        What begins with that run is handed over, or its thread is released.
        """
        if not self.serves(spec_of(destination).task):
            return ""
        slot = self._slots.take(destination)
        if slot is None:
            return ""
        run = secrets.token_hex(8)
        self._reserved[run] = threading.get_ident(), slot
        return run

    def release(self, run: str) -> None:
        """Free a thread that was kept and is not needed."""
        slot = self._kept(run)
        if slot is not None:
            slot.give_back()

    def _kept(self, run: str) -> Slot | None:
        _, slot = self._reserved.pop(run, (0, None))
        return slot

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Free at the end what was kept meanwhile, here, and was not handed over.

        Whatever is raised between the step in which an item begins and its hand-over
        costs that item its lease, and no thread.
        """
        try:
            yield
        finally:
            own = threading.get_ident()
            for run, (who, _) in list(self._reserved.items()):
                if who == own:
                    self.release(run)

    def _slot(self, assignment: Assignment) -> Slot | None:
        """The slot that was kept for it, or one that is free."""
        if assignment.hint is not None and assignment.hint.run:
            return self._kept(assignment.hint.run)
        if not self.serves(assignment.task):
            return None
        return self._slots.take(assignment.destination)

    def _submitted(self, submit: Callable[[Callable[[], None]], object]) -> bool:
        try:
            submit(self._next)
        except RuntimeError:
            # Celery's pool has been shut down.
            return False
        return True

    def _next(self) -> None:
        with self._lock:
            if not self._waiting or self._runner is None:
                # It was withdrawn.
                return
            assignment, slot = self._waiting.popleft()
        with slot:
            self._runner.run(assignment, slot)

    def withdraw(self) -> list[Assignment]:
        """Take nothing more; what no thread has begun, nor the ledger."""
        with self._lock:
            self._submit = None
            waiting = list(self._waiting)
            found = [one for one in waiting if not _has_begun(one[0])]
            self._waiting = deque(one for one in waiting if _has_begun(one[0]))
        for _, slot in found:
            slot.give_back()
        return [assignment for assignment, _ in found]


def _has_begun(assignment: Assignment) -> bool:
    """Whether its attempt is under way already: no other worker can go on with it."""
    return assignment.hint is not None and bool(assignment.hint.run)
