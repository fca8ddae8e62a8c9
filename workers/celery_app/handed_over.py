"""Hints that a thread of this process takes without a message, as Celery's tasks.

Celery did not bring them, but knows of them: Flower shows each with its state, the
heartbeat and `inspect active` count those under way, `control cancel_consumer` and
`control rate_limit` have their hints sent as messages.
"""

import os
import time
import uuid
from typing import Any

from celery import Celery
from celery.exceptions import Retry
from celery.worker import state

from tasks.execution.attempt import caught
from workers.celery_app.runs import run_events, run_hint, without_texts
from workers.celery_app.task_events import TaskEvents
from workers.dispatch.queues import ROUTES
from workers.dispatch.slots import Slot
from workers.dispatch.threads import Assignment
from workers.wiring.process import Process

#: Characters of a task's arguments that Flower shows.
SHOWN = 1024


class ActiveTask:
    """What Celery's lists of active tasks hold of one that it did not bring.

    It needs no acknowledgement, and cannot be cancelled.
    """

    acknowledged = True

    def __init__(self, id_: str, assignment: Assignment, task: Any) -> None:
        self.id = id_
        self.name = assignment.task
        self.task = task
        self._arguments = assignment.arguments
        self._began = time.time()

    def info(self, *, safe: bool = False) -> dict[str, Any]:
        """What `inspect active` shows."""
        return {
            "id": self.id,
            "name": self.name,
            "args": repr(self._arguments) if safe else self._arguments,
            "kwargs": {},
            "type": self.name,
            "time_start": self._began,
            "acknowledged": self.acknowledged,
            "delivery_info": {},
            "worker_pid": os.getpid(),
        }


class HandedOver:
    """Runs assignments as the app's tasks are run.

    Args:
        app: whose tasks they are.
        process: whose threads run them.
        events: for Flower.
    """

    def __init__(self, app: Celery, process: Process, events: TaskEvents) -> None:
        self._app = app
        self._process = process
        self._events = events
        self._runs = {name: without_texts(name)(self._run) for name in ROUTES}

    def serves(self, task: str) -> bool:
        """Whether its queue is this worker's, and its rate nobody has limited."""
        if ROUTES[task] not in self._app.amqp.queues.consume_from:
            return False
        return not self._app.tasks[task].rate_limit

    def run(self, assignment: Assignment, slot: Slot) -> None:
        """Run it; what became of it is an event, and in the log."""
        id_, note = str(uuid.uuid4()), self._events.note
        note(
            "task-received",
            assignment.made_at,
            uuid=id_,
            name=assignment.task,
            args=repr(assignment.arguments)[:SHOWN],
            kwargs="{}",
        )
        note("task-started", time.time(), uuid=id_)
        began = time.monotonic()
        active = ActiveTask(id_, assignment, self._app.tasks[assignment.task])
        state.task_accepted(active)
        try:
            answer = caught(lambda: self._runs[assignment.task](assignment, slot))
        finally:
            state.task_ready(active)
        self._end(id_, answer, time.monotonic() - began)

    def _end(self, id_: str, answer: Exception | str, runtime: float) -> None:
        match answer:
            case str():
                kind, fields = "task-succeeded", {"result": answer, "runtime": runtime}
            case Retry():
                kind, fields = "task-retried", {"exception": str(answer)}
            case _:
                kind, fields = "task-failed", {"exception": repr(answer)}
        self._events.note(kind, time.time(), uuid=id_, **fields)

    def _run(self, assignment: Assignment, slot: Slot) -> str:
        if assignment.hint is None:
            return run_events(assignment.ids, self._process, slot, assignment.begun)
        return run_hint(assignment.task, assignment.hint, self._process, slot)
