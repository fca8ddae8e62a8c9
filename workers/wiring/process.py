"""Composition root: the one place that knows the real classes of one process."""

import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from celery import Celery

from serializers.traceparent import child
from tasks.concurrency import Destinations
from tasks.execution.drain import HintRun
from tasks.outcomes.retry import RetryPolicy
from tasks.services import Services
from workers.dispatch.activity import Activity
from workers.dispatch.call_times import CallTimes
from workers.dispatch.elsewhere import Elsewhere
from workers.dispatch.hints import CeleryHints
from workers.dispatch.slots import Slots
from workers.dispatch.threads import Threads
from workers.ledger.claims import Claims
from workers.ledger.endpoints.ends import PartnerEnds
from workers.ledger.endpoints.watch import EndpointWatch
from workers.ledger.scripts import read_all
from workers.partners.observer import Observer
from workers.redis.clients import hasty_client, ledger_client
from workers.redis.clock import RedisClock
from workers.settings.settings import Settings
from workers.telemetry.metrics import Metrics
from workers.telemetry.outcome_counts import OutcomeCounts
from workers.telemetry.stopwatch import Stopwatch, unnoted
from workers.telemetry.traces.exporter import exporter_of, unchanged
from workers.telemetry.traces.spans import Traces
from workers.wiring.calls import works
from workers.wiring.ledger import LedgerParts
from workers.wiring.partners import plan_rules_of
from workers.wiring.worker_ledger import WorkerLedger, worker_ledger

#: Of the lease, after which what has not begun is handed back: its own leases run since
#: the hint was sent.
HELD_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class Process:
    """Everything one worker process holds; `works` is by task."""

    settings: Settings
    working: WorkerLedger
    hints: CeleryHints
    call_times: CallTimes
    slots: Slots
    threads: Threads
    metrics: Metrics
    outcomes: OutcomeCounts
    traces: Traces
    services: Services
    works: Mapping[str, HintRun]
    elsewhere: Elsewhere
    activity: Activity
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def ledger(self) -> LedgerParts:
        """What of the ledger the command line needs, too."""
        return self.working.parts


def process_of(settings: Settings, app: Celery, slots: int) -> Process:
    """Build a worker process; nothing connects yet, and every script's file is read.

    Args:
        settings: all of them.
        app: sends the hints.
        slots: tasks that this process runs at once.
    """
    read_all()
    client = ledger_client(settings.redis_url, connections=2 * slots + 16)
    call_times, metrics = CallTimes(), Metrics()
    stopping, own, activity = threading.Event(), Slots(slots), Activity()
    threads = Threads(own, stopping.is_set)
    working = worker_ledger(settings, client, call_times, own, threads)
    hints = _hints(app, threads, working, call_times, activity)
    clock = RedisClock(hasty_client(settings.redis_url, "clock"))
    seconds = call_times.seconds
    services = _services(settings, working, hints, clock, seconds, stopping.is_set)
    return Process(
        settings=settings,
        working=working,
        hints=hints,
        call_times=call_times,
        slots=own,
        threads=threads,
        metrics=metrics,
        outcomes=OutcomeCounts(metrics, clock.now_ms),
        traces=Traces(exporter_of(wanted=settings.traces), settings.stream),
        services=services,
        works=_works(settings, working, slots, clock, Stopwatch(metrics, call_times)),
        elsewhere=_elsewhere(settings, working, own, hints),
        activity=activity,
        stopping=stopping,
    )


def _services(
    settings: Settings,
    working: WorkerLedger,
    hints: CeleryHints,
    clock: RedisClock,
    seconds: Callable[[str], float],
    stopping: Callable[[], bool],
) -> Services:
    return Services(
        ledger=working.store,
        hints=hints,
        gates=working.gates,
        endpoints=EndpointWatch(working.parts.endpoints),
        ends=PartnerEnds(working.parts.endpoints, working.parts.destinations),
        rules=plan_rules_of(settings),
        policies=_Policies(working.parts.destinations),
        hint_size=hints.hint_size,
        seconds=seconds,
        hold_seconds=settings.lease * HELD_SHARE,
        now_ms=clock.now_ms,
        monotonic=time.monotonic,
        dice=random.random,
        token=partial(secrets.token_hex, 8),
        stopping=stopping,
        unnoted=unnoted,
        span_of=child if settings.traces else unchanged,
    )


def _works(
    settings: Settings,
    working: WorkerLedger,
    slots: int,
    clock: RedisClock,
    stopwatch: Stopwatch,
) -> Mapping[str, HintRun]:
    observer = Observer(working.notebook.note)
    return works(settings, working.parts.client, slots, clock, stopwatch, observer)


@dataclass(frozen=True, slots=True)
class _Policies(Mapping[str, RetryPolicy]):
    """Each destination's pauses, where they stand already."""

    destinations: Destinations

    def __getitem__(self, name: str) -> RetryPolicy:
        return self.destinations[name].retry

    def __iter__(self) -> Iterator[str]:
        return iter(self.destinations)

    def __len__(self) -> int:
        return len(self.destinations)


def _hints(
    app: Celery,
    threads: Threads,
    working: WorkerLedger,
    call_times: CallTimes,
    activity: Activity,
) -> CeleryHints:
    return CeleryHints(
        app,
        threads,
        working.parts.destinations,
        call_times.seconds,
        begins=activity.note,
        bypasses_gate=working.room.bypasses_gate,
    )


def _elsewhere(
    settings: Settings, working: WorkerLedger, own: Slots, hints: CeleryHints
) -> Elsewhere:
    ledger = working.parts
    claims = Claims(ledger.scripts, ledger.retention, settings.partitions, ordered=0)
    return Elsewhere(claims, ledger.destinations, working.room, own, hints.hint_size)
