"""Task events of what needed no message: Flower shows it like any task.

They are kept until the worker's own loop sends them, a batch at a time, as Celery's
receivers take them. Work never waits for them: those that Redis does not take are lost,
as Celery's are.
"""

import json
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from celery import bootsteps
from celery.utils.time import utcoffset
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

#: Seconds between two sends.
SEND_SECONDS: Final = 0.5

#: Events of one message, and those that are kept at most; beyond it the oldest go.
BATCH: Final = 200
MOST: Final = 20_000


class TaskEvents:
    """Events of tasks, in the order in which they happened, until they are sent."""

    def __init__(self) -> None:
        self._kept: deque[tuple[str, float, Mapping[str, Any]]] = deque(maxlen=MOST)

    def note(self, kind: str, at: float, **fields: Any) -> None:
        """Keep an event, such as `task-started`, which happened at this UTC second."""
        self._kept.append((kind, at, fields))

    def send(self, dispatcher: Any) -> None:
        """Send what is kept through Celery's dispatcher, if task events are wanted.

        Args:
            dispatcher: of the worker's consumer; None before there is one.
        """
        kept = [self._kept.popleft() for _ in range(len(self._kept))]
        if not _are_wanted(dispatcher):
            return
        beside = {
            "hostname": dispatcher.hostname,
            "pid": dispatcher.pid,
            "utcoffset": utcoffset(),
        }
        for start in range(0, len(kept), BATCH):
            batch = [
                {
                    "type": kind,
                    "timestamp": at,
                    "clock": dispatcher.clock.forward(),
                    **beside,
                    **fields,
                }
                for kind, at, fields in kept[start : start + BATCH]
            ]
            try:
                _publish(dispatcher, batch)
            except (OperationalError, RedisError, OSError):
                return


def _are_wanted(dispatcher: Any) -> bool:
    """Whether a person wants them now: `-E`, `celery control disable_events`."""
    if dispatcher is None or not dispatcher.enabled:
        return False
    return not dispatcher.groups or "task" in dispatcher.groups


def _publish(dispatcher: Any, batch: list[dict[str, Any]]) -> None:
    producer = dispatcher.publisher
    if producer is None:
        return
    exchange = dispatcher.exchange
    # As Celery sends what it has kept itself; its own method would keep it once more
    # where the broker is away, and without a bound.
    producer.publish(
        # kombu's own way to JSON asks a method of its own for each value.
        json.dumps(batch),
        content_type="application/json",
        content_encoding="utf-8",
        routing_key="task.multi",
        exchange=exchange.name,
        retry=False,
        declare=[exchange],
        headers=dispatcher.headers,
        delivery_mode=dispatcher.delivery_mode,
    )


def events_step(events: TaskEvents) -> type[bootsteps.StartStopStep]:
    """The step by which the worker's loop sends events now and then, all together."""

    class EventsStep(bootsteps.StartStopStep):
        """Lives as long as one connection to the broker."""

        requires = ("celery.worker.consumer.events:Events",)

        def __init__(self, parent: Any, **options: Any) -> None:
            super().__init__(parent, **options)
            self._parent = parent
            self._entry: Any = None

        def start(self, parent: Any) -> None:
            # Those of tasks that had a message would be sent one by one.
            parent.event_dispatcher.on_send_buffered = None
            parent.event_dispatcher.buffer_limit = BATCH
            self._entry = parent.timer.call_repeatedly(SEND_SECONDS, self._send)
            if parent.hub is not None:
                # It closes after the last task of a worker that stops has ended.
                parent.hub.on_close.add(self._send)

        def stop(self, parent: Any) -> None:  # noqa: ARG002 (Celery's signature)
            # Celery stops steps, too, that it had not started yet.
            if self._entry is not None:
                self._entry.cancel()

        terminate = stop

        def _send(self, *_: object) -> None:
            dispatcher = self._parent.event_dispatcher
            if dispatcher is not None:
                dispatcher.flush()
            events.send(dispatcher)

    return EventsStep
