"""The Celery tasks: each reads its arguments, calls one function, reports on it."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial, wraps
from typing import Any, ParamSpec, Protocol, TypeVar

import structlog
from celery import Celery
from celery.exceptions import Retry

from serializers.formats.text import printable
from tasks.execution.attempt import caught
from tasks.execution.drain import STAY, HintRun, go_on, pass_on, rest
from tasks.execution.report import MadeAttempt, Report
from tasks.ledger_values import Hint
from tasks.outcomes.outcome import Done, GiveUp, Outcome
from tasks.receive import receive
from tasks.received import Received
from workers.dispatch import hints
from workers.partners import registry
from workers.telemetry.masking import raised_at
from workers.telemetry.metrics import Metrics
from workers.wiring.process import Process

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger()

#: Characters of a source in a log line.
SHOWN = 200


class GivenUpError(Exception):
    """An item of the hint became a dead letter; Flower shows the hint as failed."""


class FailedError(Exception):
    """A task ended by a defect, or without its ledger; the log has `task_failed`."""


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

    @app.task(name="orders.receive", throws=(GivenUpError,), shared=False)
    @_without_texts("orders.receive")
    def orders_receive(ids: Sequence[str], **_: Any) -> None:
        process = process_of()
        with process.activity.under_way():
            received = receive(ids, process.services)
        for verdict, n in received.counts.items():
            process.metrics.events.labels(verdict).inc(n)
        log.info("events_received", task="orders.receive", **received.counts)
        _warn_of_merged(received)
        _warn_of_misspelled(received, process.metrics)
        _fail_if_refused(received)

    @app.task(name="orders.publish", shared=False)
    @_without_texts("orders.publish")
    def orders_publish(event: Any, **_: Any) -> str:
        """Put an event into the stream, for producers that speak Celery.

        Whatever came goes in: what is no event becomes a dead letter with its bytes.
        """
        entry = process_of().ledger.stream.publish(_event_bytes(event))
        log.info("event_published", task="orders.publish", entry=entry)
        return entry


def _event_bytes(event: Any) -> bytes:
    """The JSON text as it came; that of an object that came instead of its text."""
    text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    # Half a surrogate pair is no UTF-8, and is refused where all events are read.
    return text.encode(errors="surrogatepass")


def _warn_of_merged(received: Received) -> None:
    """One line for all orders of a hint that have events of several sources now."""
    if received.merged:
        order, source, first = received.merged[0]
        log.warning(
            "orders_merged",
            count=len(received.merged),
            order=order,
            source=printable(source, SHOWN),
            first_source=printable(first, SHOWN),
        )


def _warn_of_misspelled(received: Received, metrics: Metrics) -> None:
    """Count members that are nearly ours, and log the first of a hint."""
    for _, member in received.misspelled:
        metrics.misspelled_members.labels(member.meant).inc()
    if received.misspelled:
        order, member = received.misspelled[0]
        log.warning(
            "member_misspelled",
            count=len(received.misspelled),
            order=order,
            member=member.path,
            meant=member.meant,
        )


def _fail_if_refused(received: Received) -> None:
    """Have Flower show the first refusal, by path and code; the rest is done."""
    refused = [f"event:{one.entry}: {one.text()}" for one in received.refused]
    for one in received.refused:
        log.warning("event_refused", entry=one.entry, code=one.code, why=one.text())
    if refused:
        more = f" (and {len(refused) - 1} more)" if refused[1:] else ""
        raise GivenUpError(refused[0] + more)


def _without_texts(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep errors' texts from Celery, which writes them to its log and to Flower.

    They may hold what a partner sent; our own log names class and place instead.
    """

    def decorated(work: Callable[P, T]) -> Callable[P, T]:
        @wraps(work)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            answer = caught(lambda: work(*args, **kwargs))
            if isinstance(answer, GivenUpError | Retry):
                raise answer
            if isinstance(answer, Exception):
                error, at = type(answer).__name__, raised_at(answer)
                log.error("task_failed", task=name, error=error, at=at)
                raise FailedError(error) from None
            return answer

        return run

    return decorated


def _worker(name: str, process_of: ProcessOf) -> Callable[..., None]:
    @_without_texts(name)
    def run(destination: str, partition: int, claims: Iterable[str], **_: Any) -> None:
        process = process_of()
        hint = hints.decode(destination, partition, claims)
        if destination not in process.ledger.destinations:
            pass_on(hint, process.services)
            log.warning("destination_not_known", task=name, destination=destination)
            return
        work = process.works[name]
        report, until = Report(), time.monotonic() + STAY
        report.add(_worked(name, partial(go_on, work), hint, process))
        while following := _following(destination, process, until):
            report.add(_worked(name, work, following, process))
        process.metrics.hints.labels(name).inc()
        log.debug("hint_done", task=name, destination=destination, **report.counts())
        _report_to_flower(report)

    run.__name__ = name.replace(".", "_")
    return run


def _worked(name: str, work: HintRun, hint: Hint, process: Process) -> Report:
    """Work on one hint, as long as its destination leaves threads to the others."""
    destination, services = hint.destination, process.services
    slot, work_under_way = (
        process.slots.taken(destination),
        process.activity.under_way(),
    )
    with work_under_way, slot as granted:
        report = work(hint, services) if granted else rest(hint, services)
    label = process.metrics.labels.of(destination)
    for ref, outcome in report.outcomes.items():
        kind = type(outcome).__name__.lower()
        process.metrics.outcomes.labels(label, kind).inc()
        _log_outcome(name, destination, ref, outcome, report.made.get(ref))
    return report


def _following(destination: str, process: Process, until: float) -> Hint | None:
    """What the thread goes on with elsewhere at its partner, if anything."""
    over = time.monotonic() > until or process.stopping.is_set()
    if over or not registry.spec_of(destination).roams:
        return None
    found = caught(process.elsewhere.hint)
    # What was done is to be recorded all the same; Release looks for the rest.
    return None if isinstance(found, Exception) else found


def _log_outcome(
    task: str, destination: str, ref: str, outcome: Outcome, made: MadeAttempt | None
) -> None:
    """The closing line of one try: ids and the code of its failure.

    Why it failed may be in a partner's words, which may be a customer's: that stands in
    the dead letter and in `waybill explain` alone.
    """
    fields: dict[str, Any] = {"task": task, "destination": destination, "item": ref}
    if made is not None:
        fields |= {"order": made.order, "attempt": made.attempts, "ms": made.ms}
    if isinstance(outcome, Done):
        log.info("done", **fields)
        return
    fields["code"] = outcome.code
    if not isinstance(outcome, GiveUp):
        fields["after"] = round(outcome.after, 1)
    log.warning(type(outcome).__name__.lower(), **fields)


def _report_to_flower(report: Report) -> None:
    """Report the truth to Flower: done, again, or failed, by id and code.

    Celery acknowledges a task that raises Retry by itself, reports RETRY and
    publishes nothing: the next hint is Release's business.
    """
    failed = report.failed()
    if failed:
        ref, outcome = failed[0]
        raise GivenUpError(f"{ref}: {outcome.code}")
    waiting = report.waiting()
    if waiting:
        ref, wait = waiting[0]
        until = datetime.now(UTC) + timedelta(seconds=wait.after)
        raise Retry(f"{ref}: {wait.code}", when=until)
