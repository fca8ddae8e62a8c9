"""Celery's boot steps: what starts and stops with every worker."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from celery import Celery, bootsteps
from celery.exceptions import WorkerShutdown
from celery.platforms import EX_OK
from celery.signals import worker_shutting_down
from click import Option

from workers.celery_app.handed_over import HandedOver
from workers.celery_app.task_events import TaskEvents, events_step
from workers.dispatch.queues import queue_of
from workers.ledger import keys
from workers.ledger.endpoints.known import digest
from workers.partners.ingram.settings import Ingram
from workers.redis.answers import text
from workers.redis.clients import hasty_client
from workers.settings.digests import digests
from workers.settings.problems import too_many
from workers.steps import step_loops
from workers.steps.anew import Anew
from workers.steps.health.checks import HealthPages
from workers.steps.health.server import Health
from workers.steps.heartbeat import Pulse
from workers.steps.layout_watch import LayoutWatch
from workers.steps.loop import Loop
from workers.steps.readiness import wait_until_fit
from workers.steps.restore_parts import restore_loop, restore_watch
from workers.steps.worker_state import (
    WorkerState,
    heartbeat,
    notice_settings,
    pulse_step,
)
from workers.wiring.process import Process

log = structlog.get_logger()

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
        running = step_loops.loops(process, self._wanted)
        port = self._serve_health(process, running)
        # A probe finds it alive meanwhile: to restart it would not bring Redis back.
        layout = wait_until_fit(process, watch.begin)
        anew = partial(Anew().begin, str(parent.hostname))
        if layout.width != settings.partitions:
            log.info("layout_wider", partitions=settings.partitions, now=layout.width)
            anew(layout.width)
            raise WorkerShutdown(EX_OK)
        self._begun.set()
        if why := too_many(settings.of(Ingram).endpoints):
            log.warning("endpoints_many", why=why)
        # What salts the digests is the same for all workers of a ledger.
        epoch = text(process.ledger.client.get(keys.EPOCH))
        parts = digests(settings, epoch)
        notice_settings(process.ledger.scripts, settings, parts, str(parent.hostname))
        known = digest(settings.of(Ingram).endpoints)
        places = process.ledger.places
        places.layout = layout
        looks = LayoutWatch(hasty_client(settings.redis_url, "layout"), places, anew)
        state = WorkerState(
            parent, tuple(running), self._pulse, port, settings, parts, known, looks
        )
        beating = heartbeat(state)
        self._pulse.begins = beating.nudge
        restores = restore_loop(watch, activity)
        for loop in running:
            # Redis was away, and may have come back with an older ledger.
            loop.recovers = restores.nudge
        self._loops = [*running, beating, restores, step_loops.drift(process)]
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
