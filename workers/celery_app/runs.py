"""Run of a hint, whoever brought it: the work, its log, its metrics, its end."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

import structlog
from celery.exceptions import Retry

from serializers.formats.text import printable
from tasks.execution.attempt import caught
from tasks.execution.drain import STAY, HintRun, go_on, rest
from tasks.execution.report import MadeAttempt, Report
from tasks.ledger_values import Hint
from tasks.outcomes.outcome import Done, GiveUp, Outcome
from tasks.receive import receive
from tasks.received import Received
from workers.dispatch.hints import RECEIVE
from workers.dispatch.threads import NOTHING, Begun
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


class ComesAgain(Exception):
    """Why a hint is retried, in one line."""

    def __repr__(self) -> str:
        return str(self)


class FailedError(Exception):
    """A task ended by a defect, or without its ledger; the log has `task_failed`."""


def without_texts(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
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


def run_events(
    ids: Sequence[str],
    process: Process,
    slot: AbstractContextManager[bool],
    begun: Begun = NOTHING,
) -> str:
    """Receive entries of the stream, in a thread that is counted by the slot.

    Returns what became of them, in words.

    Args:
        ids: of the entries.
        process: whose thread this is.
        slot: of the queue of events.
        begun: what those hold that were started with their reading.

    Raises:
        GivenUpError: some are dead letters now.
    """
    began_ns = time.time_ns()
    with process.activity.under_way(), slot, process.threads.keeping():
        received = receive(ids, process.services, begun)
    if received.traced:
        process.traces.received(received.traced, began_ns)
    for verdict, n in received.counts.items():
        process.metrics.events.labels(verdict).inc(n)
    log.info("events_received", task=RECEIVE, **received.counts)
    _warn_of_merged(received)
    _warn_of_misspelled(received, process.metrics)
    _fail_if_refused(received)
    return _words(received.counts)


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


def run_hint(
    name: str, hint: Hint, process: Process, slot: AbstractContextManager[bool]
) -> str:
    """Work on a hint of a partner's task, then on what else its thread finds.

    Returns what became of its items, in words.

    Args:
        name: of the task.
        hint: of a destination that this process knows.
        process: whose thread this is.
        slot: of the hint's destination; entered with False where none is free.

    Raises:
        GivenUpError: an item became a dead letter.
        celery.exceptions.Retry: an item comes again later.
    """
    work = process.works[name]
    report, until = Report(), time.monotonic() + STAY
    report.add(_worked(name, partial(go_on, work), hint, process, slot))
    while following := _following(hint.destination, process, until):
        place = process.slots.taken(following.destination)
        report.add(_worked(name, work, following, process, place))
    process.metrics.hints.labels(name).inc()
    log.debug("hint_done", task=name, destination=hint.destination, **report.counts())
    _report_to_flower(report)
    return _words(report.counts())


def _worked(
    name: str,
    work: HintRun,
    hint: Hint,
    process: Process,
    slot: AbstractContextManager[bool],
) -> Report:
    """Work on one hint, as long as its destination leaves threads to the others."""
    destination, services = hint.destination, process.services
    with process.activity.under_way(), slot as granted, process.threads.keeping():
        report = work(hint, services) if granted else rest(hint, services)
    for ref, outcome in report.outcomes.items():
        made = report.made.get(ref)
        process.outcomes.count(destination, outcome, made)
        if made is not None and made.of is not None and made.of.trace:
            process.traces.attempted(name, destination, ref, outcome, made)
        _log_outcome(name, destination, ref, outcome, made)
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
        more = f" (and {len(waiting) - 1} more)" if waiting[1:] else ""
        why = f"{ref}: {wait.code}, again in {wait.after:.0f} s{more}"
        raise Retry(why, exc=ComesAgain(why), when=until)


def _words(counts: Mapping[str, int]) -> str:
    """Counts as Flower shows them: "2 done, 1 handed back"."""
    told = (f"{n} {what.replace('_', ' ')}" for what, n in counts.items() if n)
    return ", ".join(told) or "nothing was left to do"
