"""Self-description of a worker: its identity, and which of its loops turn."""

import hmac
import os
import socket
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any

import redis
import structlog
from celery import bootsteps

from workers.ledger.audit.actor import Actor
from workers.ledger.audit.settings_book import KnownSettings, notice
from workers.ledger.endpoints.known import Membership
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.identity.heartbeats import Heartbeat, Heartbeats
from workers.ledger.scripts import Scripts
from workers.partners.ingram.settings import Ingram
from workers.redis.clients import hasty_client
from workers.settings.digests import secret_digests
from workers.settings.settings import Settings
from workers.steps.heartbeat import Pulse, heartbeat_loop, progress
from workers.steps.layout_watch import LayoutWatch
from workers.steps.loop import Loop
from workers.wiring.partners import instance_names

log = structlog.get_logger()

#: Seconds between two moves of the pulse.
PULSE_SECONDS = 4.0


@cache
def _version() -> str:
    """The release that runs; to read it again takes milliseconds."""
    return version("waybill")


def pulse_step(pulse: Pulse) -> type[bootsteps.StartStopStep]:
    """The step by which the loop that takes hints moves the pulse at its turns."""

    class PulseStep(bootsteps.StartStopStep):
        """Lives as long as one connection to the broker."""

        requires = ("celery.worker.consumer.tasks:Tasks",)

        def __init__(self, parent: Any, **options: Any) -> None:
            super().__init__(parent, **options)
            self._entry: Any = None

        def start(self, parent: Any) -> None:
            pulse.turn()
            self._entry = parent.timer.call_repeatedly(PULSE_SECONDS, pulse.turn)

        def stop(self, parent: Any) -> None:  # noqa: ARG002 (Celery's signature)
            # Celery stops steps, too, that it had not started yet.
            if self._entry is not None:
                self._entry.cancel()

        terminate = stop

    return PulseStep


def notice_settings(
    scripts: Scripts, settings: Settings, parts: Mapping[str, str], worker: str
) -> None:
    """Have what differs from the worker that started last in the audit and the log.

    Without a key of the audit secrets are known by one digest of all, of which too
    little is kept to guess by.

    Args:
        scripts: on the ledger.
        settings: of this process.
        parts: digests of them.
        worker: its name.
    """
    signing = settings.audit_key.get_secret_value().encode().split()
    key = signing[0] if signing else b""
    secrets = {"secrets": parts["secrets"]}
    keyed = ""
    if key:
        secrets = secret_digests(settings, key)
        keyed = hmac.new(key, b"settings", "sha256").hexdigest()[:8]
    known = KnownSettings(tuple(settings.of(Ingram).endpoints), secrets, keyed)
    by = Actor(f"worker {worker}", door="worker", run=uuid.uuid4().hex[:8], key=key)
    try:
        found = notice(scripts, known, by)
    except redis.RedisError as error:
        log.warning("settings_unnoticed", why=type(error).__name__)
        return
    if found:
        log.info("settings_changed", **found.facts())


@dataclass(frozen=True, slots=True)
class WorkerState:
    """Makes a worker's heartbeat at any moment.

    Attributes:
        parent: Celery's worker.
        loops: of Intake and Release, as far as it has them.
        pulse: of the loop that takes hints.
        health_port: of its health pages, 0 without.
        settings: of this process.
        digests: of their parts.
        endpoints: the digest of the endpoints among them.
        watch: follows the ledger's layout.
    """

    parent: Any
    loops: tuple[Loop, ...]
    pulse: Pulse
    health_port: int
    settings: Settings
    digests: dict[str, str]
    endpoints: str
    watch: LayoutWatch
    begun: float = field(default_factory=time.monotonic)

    def __call__(self) -> Heartbeat:
        # A person may have the worker take up or leave queues while it runs.
        queues = sorted(self.parent.app.amqp.queues.consume_from)
        return Heartbeat(
            name=self.parent.hostname,
            host=socket.gethostname(),
            pid=os.getpid(),
            version=_version(),
            health_port=self.health_port,
            threads=self.parent.concurrency,
            deployment=self.settings.deployment,
            endpoints=self.endpoints,
            settings=self.digests,
            names=instance_names(self.settings),
            layout=self.watch.version,
            up_seconds=round(time.monotonic() - self.begun, 1),
            **progress(self.loops, queues, self.pulse),
        )


def heartbeat(state: WorkerState) -> Loop:
    """The heartbeat of this process, not started."""
    settings = state.settings
    client = hasty_client(settings.redis_url, "heartbeat")
    rosters = Rosters(Scripts(client), settings.partitions)
    membership = Membership(client, rosters, list(settings.of(Ingram).endpoints))
    token = uuid.uuid4().hex[:12]
    beats, look = Heartbeats(client), state.watch.look
    return heartbeat_loop(beats, token, state, membership.keep, look)
