"""The Celery tasks: each reads its arguments, calls one function, reports on it."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import structlog
from celery import Celery

from tasks.execution.drain import pass_on
from workers.celery_app.runs import (
    GivenUpError,
    run_events,
    run_hint,
    without_texts,
)
from workers.dispatch import hints
from workers.dispatch.hints import RECEIVE
from workers.dispatch.queues import ORDERS
from workers.ledger.stream.streams import publish
from workers.partners import registry
from workers.wiring.process import Process

log = structlog.get_logger()


class ProcessOf(Protocol):
    """Answers this process's parts, built at the first use after a fork."""

    def __call__(self) -> Process:
        """The process; raises SettingsError."""


def register(app: Celery, process_of: ProcessOf) -> None:
    """Register each partner's task and the two of events, with this app alone.

    Extra arguments are taken and ignored, so that a newer release may send more
    while older workers still run.
    """
    for spec in registry.PARTNERS:
        task = app.task(name=spec.task, throws=(GivenUpError,), shared=False)
        task(_worker(spec.task, process_of))

    @app.task(name=RECEIVE, throws=(GivenUpError,), shared=False)
    @without_texts(RECEIVE)
    def orders_receive(ids: Sequence[str], **_: Any) -> str:
        process = process_of()
        return run_events(ids, process, process.slots.taken(ORDERS))

    @app.task(name="orders.publish", shared=False)
    @without_texts("orders.publish")
    def orders_publish(event: Any, **_: Any) -> str:
        """Put an event into the stream, for producers that speak Celery.

        Whatever came goes in: what is no event becomes a dead letter with its bytes.
        """
        process = process_of()
        by_source = process.services.rules.by_source
        streams = process.ledger.stream
        entry = publish(streams, _event_bytes(event), by_source=by_source)
        log.info("event_published", task="orders.publish", entry=entry)
        return entry


def _event_bytes(event: Any) -> bytes:
    """The JSON text as it came; that of an object that came instead of its text."""
    text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    # Half a surrogate pair is no UTF-8, and is refused where all events are read.
    return text.encode(errors="surrogatepass")


def _worker(name: str, process_of: ProcessOf) -> Callable[..., str]:
    @without_texts(name)
    def run(destination: str, partition: int, claims: Iterable[str], **_: Any) -> str:
        process = process_of()
        hint = hints.decode(destination, partition, claims)
        if destination not in process.ledger.destinations:
            pass_on(hint, process.services)
            log.warning("destination_not_known", task=name, destination=destination)
            return f"{destination} is not known here: passed on"
        return run_hint(name, hint, process, process.slots.taken(destination))

    run.__name__ = name.replace(".", "_")
    return run
