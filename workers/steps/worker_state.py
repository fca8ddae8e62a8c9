"""Self-description of a worker: its identity, and which of its loops turn."""

import os
import socket
import time
import uuid
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any

from celery import bootsteps

from workers.ledger.endpoints.known import Membership
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.identity.heartbeats import Heartbeat, Heartbeats
from workers.ledger.scripts import Scripts
from workers.partners.ingram.settings import Ingram
from workers.redis.clients import hasty_client
from workers.settings.settings import Settings
from workers.steps.heartbeat import Pulse, heartbeat_loop, progress
from workers.steps.loop import Loop
from workers.wiring.partners import instance_names

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
    """

    parent: Any
    loops: tuple[Loop, ...]
    pulse: Pulse
    health_port: int
    settings: Settings
    digests: dict[str, str]
    endpoints: str
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
    return heartbeat_loop(Heartbeats(client), token, state, membership.keep)
