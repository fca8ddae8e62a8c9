"""Celery's boot steps: what starts and stops with every worker."""

import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import redis
import structlog
from celery import Celery, bootsteps
from celery.signals import worker_shutting_down
from click import Option

from workers.celery_app.handed_over import HandedOver
from workers.celery_app.task_events import TaskEvents, events_step
from workers.dispatch.queues import queue_of
from workers.ledger import keys
from workers.ledger.audit.heads import LoggedHeads
from workers.ledger.audit.reader import AuditReader
from workers.ledger.claims import Claims
from workers.ledger.drift.listing import DriftList
from workers.ledger.endpoints.known import digest, unknown
from workers.ledger.endpoints.unknown import UnknownEndpoints
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.scripts import Scripts
from workers.ledger.stream.account import READER
from workers.ledger.stream.streams import streams_of
from workers.partners.ingram.settings import Ingram
from workers.redis.answers import text
from workers.redis.clients import hasty_client, patient_client
from workers.settings.digests import digests
from workers.settings.problems import too_many
from workers.settings.settings import Settings
from workers.steps.back_pressure import back_pressure
from workers.steps.health import Health
from workers.steps.health_checks import HealthPages
from workers.steps.heartbeat import INTAKE, Pulse
from workers.steps.intake import Intake, IntakeRules
from workers.steps.loop import Loop
from workers.steps.readiness import wait_until_fit
from workers.steps.release import Release
from workers.steps.restore_parts import restore_loop, restore_watch
from workers.steps.result_trimming import TrimmedResults
from workers.steps.unknown_endpoints import GiveUpUnknown
from workers.steps.worker_state import (
    WorkerState,
    heartbeat,
    notice_settings,
    pulse_step,
)
from workers.wiring.ledger import result_options_of, stream_names
from workers.wiring.process import Process

log = structlog.get_logger()

#: Seconds between two times at which drift is written.
DRIFT_SECONDS = 5.0

ProcessOf = Callable[[], Process]

OPTIONS = (
    Option(
        ["--without-intake"],
        is_flag=True,
        help="Do not read the ERP's stream in this worker.",
    ),
    Option(
        ["--without-release"],
        is_flag=True,
        help="Do not send hints for due work from this worker.",
    ),
    Option(
        ["--without-health"],
        is_flag=True,
        help="Do not serve /live, /ready and /metrics in this worker.",
    ),
)


def install(app: Celery, process_of: ProcessOf) -> None:
    """Have every worker of this app start the steps."""
    for option in OPTIONS:
        app.user_options["worker"].add(option)
    pulse, events = Pulse(), TaskEvents()
    app.steps["worker"].add(_steps_class(process_of, pulse, events))
    app.steps["consumer"].add(pulse_step(pulse))
    app.steps["consumer"].add(events_step(events))


def _steps_class(
    process_of: ProcessOf, pulse: Pulse, events: TaskEvents
) -> type[bootsteps.StartStopStep]:
    class Steps(_Steps):
        """Those of this app's workers, as Celery makes them."""

        def __init__(self, parent: Any, **options: Any) -> None:
            super().__init__(parent, process_of, pulse, events, **options)

    return Steps


class _Steps(bootsteps.StartStopStep):
    """Intake, Release, Health and the heartbeat of one worker."""

    requires = ("celery.worker.components:Pool",)

    def __init__(
        self,
        parent: Any,
        process_of: ProcessOf,
        pulse: Pulse,
        events: TaskEvents,
        **options: Any,
    ) -> None:
        super().__init__(parent, **options)
        self._process_of, self._pulse, self._events = process_of, pulse, events
        # `-c` reaches the worker alone; the parts are made by the setting.
        parent.app.conf.worker_concurrency = parent.concurrency
        self._wanted = {
            name: not options.get(f"without_{name}")
            for name in ("intake", "release", "health")
        }
        self._loops: list[Loop] = []
        self._health: Health | None = None
        self._begun = threading.Event()

    def start(self, parent: Any) -> None:
        process = self._process_of()
        process.slots.serve(_served(process, parent.app))
        self._hand_over(process, parent)
        activity, settings = process.activity, process.settings
        watch = restore_watch(settings, lambda: str(parent.hostname), activity)
        running = loops(process, self._wanted)
        port = self._serve_health(process, running)
        # A probe finds it alive meanwhile: to restart it would not bring Redis back.
        wait_until_fit(process, watch.begin)
        self._begun.set()
        if why := too_many(settings.of(Ingram).endpoints):
            log.warning("endpoints_many", why=why)
        # What salts the digests is the same for all workers of a ledger.
        epoch = text(process.ledger.client.get(keys.EPOCH))
        parts = digests(settings, epoch)
        notice_settings(process.ledger.scripts, settings, parts, str(parent.hostname))
        known = digest(settings.of(Ingram).endpoints)
        state = WorkerState(
            parent, tuple(running), self._pulse, port, settings, parts, known
        )
        beating = heartbeat(state)
        self._pulse.begins = beating.nudge
        restores = restore_loop(watch, activity)
        for loop in running:
            # Redis was away, and may have come back with an older ledger.
            loop.recovers = restores.nudge
        self._loops = [*running, beating, restores, _drift(process)]
        worker_shutting_down.connect(self._shutting_down)
        for loop in self._loops:
            loop.start()

    def _serve_health(self, process: Process, running: list[Loop]) -> int:
        """Serve the health pages where they are wanted; their port, 0 without them."""
        if not self._wanted["health"]:
            return 0
        pages = HealthPages(process, running, self._pulse, self._begun.is_set)
        self._health = pages.server()
        self._health.start()
        log.info("health_listens", port=self._health.port)
        return self._health.port

    def _hand_over(self, process: Process, parent: Any) -> None:
        """Have this process's threads take hints, where it has a pool of them."""
        pool = getattr(parent.pool, "executor", None)
        if pool is not None:
            own = HandedOver(parent.app, process, self._events)
            process.threads.serve(pool.submit, own)

    def _shutting_down(self, **_: Any) -> None:
        """Begin nothing new from the first moment of a stop."""
        self._process_of().stopping.set()
        for loop in self._loops:
            loop.ask_to_stop()

    def stop(self, parent: Any) -> None:  # noqa: ARG002 (Celery's signature)
        self._shutting_down()
        for loop in self._loops:
            loop.join(5.0)
        process = self._process_of()
        for assignment in process.threads.withdraw():
            process.hints.send_message(assignment)
        if self._health is not None:
            self._health.stop()
        process.traces.close()

    terminate = stop


def _served(process: Process, app: Celery) -> int:
    """How many destinations' hints this worker takes from the queues."""
    queues = set(app.amqp.queues.consume_from)
    names = process.ledger.destinations
    return sum(queue_of(name) in queues for name in names)


def loops(process: Process, wanted: dict[str, bool]) -> list[Loop]:
    """The loops that this worker wants, not started."""

    def turned(name: str) -> None:
        step, *_ = name.split()
        process.metrics.step_turns.labels(step).inc()

    made: list[tuple[str, Callable[[], float]]] = []
    if wanted["intake"]:
        made += [(name, intake.turn) for name, intake in _intakes(process)]
    if wanted["release"]:
        chains = AuditReader(process.ledger.client, process.settings.partitions)
        heads = LoggedHeads(chains, _release(process).turn)
        trimmed = TrimmedResults(process.ledger.results.trim, heads.turn)
        made.append(("release", trimmed.turn))
    return [Loop(name, turn, redis.RedisError, turned) for name, turn in made]


def _drift(process: Process) -> Loop:
    """A loop that writes down what partners sent beyond their contracts.

    No work waits for it. What Redis does not take waits in the notebook, without a line
    of a log each second.
    """
    listing = DriftList(hasty_client(process.settings.redis_url, "drift"))

    def write() -> None:
        with suppress(redis.RedisError):
            listing.write(process.working.notebook)

    def turn() -> float:
        write()
        return DRIFT_SECONDS

    return Loop("drift", turn, redis.RedisError, last=write)


def _intakes(process: Process) -> Iterator[tuple[str, Intake]]:
    """One for each stream, with the name of its loop."""
    settings = process.settings
    consumer = f"{READER}{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
    # A client of its own: a blocking read must not hold up the tasks' connections.
    client = patient_client(settings.redis_url, "intake")
    streams = streams_of(client, stream_names(settings), process.stopping.is_set)
    for stream in streams.every:
        number = stream.partition
        yield (
            INTAKE if number is None else f"{INTAKE} {number}",
            Intake(
                client,
                stream,
                process.hints,
                process.working.store.bury_entry,
                intake_rules_of(settings, len(streams.every)),
                consumer,
                due=back_pressure(process, client).due,
            ),
        )


def intake_rules_of(settings: Settings, streams: int = 1) -> IntakeRules:
    """The bounds of each intake, of which several share what may be handed out."""
    batch, pending = settings.intake_batch, settings.intake_pending
    return IntakeRules(
        batch=batch,
        pending=max(batch, pending // streams),
        attempts=settings.intake_tries,
        memory=settings.intake_memory,
        ahead=settings.intake_ahead,
        lease_ms=int(settings.lease * 1000),
    )


def _release(process: Process) -> Release:
    settings, parts = process.settings, process.ledger
    client = patient_client(settings.redis_url, "release")
    scripts = Scripts(client, results=result_options_of(settings).lua())
    return Release(
        Claims(scripts, parts.retention, settings.partitions),
        process.working.gates,
        process.hints,
        parts.destinations,
        process.working.room.most_leased,
        settings.release_seconds,
        process.call_times.seconds,
        process.slots,
        GiveUpUnknown(
            lambda names: unknown(client, Heartbeats(client).alive(), names),
            UnknownEndpoints(scripts, parts.retention, settings.partitions),
            settings.unknown_endpoint_after,
        ).look,
    )
