"""Health pages: whether this worker can work, and its metrics."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import redis

from workers.ledger import keys
from workers.ledger.identity.deployment import owner, refusal
from workers.ledger.identity.heartbeats import BEAT_SECONDS
from workers.ledger.identity.metadata import LOST
from workers.ledger.restore.findings import HELD, Restores
from workers.redis.bounded_client import looking_client
from workers.redis.failures import awaited
from workers.redis.fitness import unfit
from workers.redis.primary import DEMOTIONS
from workers.steps.health.server import Health
from workers.steps.heartbeat import STANDS_STILL, Pulse
from workers.steps.loop import Loop
from workers.telemetry.exposition import page_of
from workers.telemetry.ledger_metrics import LedgerMetrics
from workers.telemetry.ledger_snapshot import LedgerSnapshot, ledger_look
from workers.wiring.process import Process

#: Seconds for which a replica that was met is a problem: each worker writes its
#: heartbeat more often, so that one that is still connected to it meets it again.
MET = BEAT_SECONDS + 2.0


class HealthPages:
    """What a worker's health pages show.

    Args:
        process: the worker's parts.
        loops: of the steps that it runs.
        pulse: of the loop that takes hints.
        begun: whether it has found its ledger; before, it waits for Redis.
    """

    def __init__(
        self,
        process: Process,
        loops: Sequence[Loop],
        pulse: Pulse,
        begun: Callable[[], bool],
    ) -> None:
        self._process, self._loops, self._pulse = process, loops, pulse
        self._begun = begun

    def server(self) -> Health:
        """The server of these pages, not started.

        Raises:
            SystemExit: nobody can listen there; the message states what to set.
        """
        settings = self._process.settings
        try:
            return Health(
                settings.health_host,
                settings.health_port,
                live=self.stuck,
                ready=self.problems,
                notes=self.notes,
                metrics=lambda is_open: metrics_page(self._process, is_open=is_open),
            )
        except (OSError, UnicodeError) as error:
            place = f"{settings.health_host}:{settings.health_port}"
            why = getattr(error, "strerror", "") or type(error).__name__
            raise SystemExit(
                f"waybill: /live, /ready and /metrics cannot be served on {place}"
                f" ({why}): another process may listen there; set WAYBILL_HEALTH_PORT"
                " (0 takes any free one) or WAYBILL_HEALTH_HOST, or start this worker"
                " with --without-health"
            ) from error

    def stuck(self) -> dict[str, str]:
        """The loops that a restart may mend, by name: Redis' absence is not theirs."""
        limit = self._process.settings.lease + 60
        return {
            loop.name: f"no turn for {loop.stuck_seconds:.0f} s"
            for loop in self._loops
            if loop.stuck_seconds > limit
        }

    def problems(self) -> dict[str, str]:
        """What keeps this worker from working, by name."""
        if not self._begun():
            return {"redis": "is awaited: it does not answer yet, or is not fit"}
        return problems(self._process, self._loops, self._pulse)

    def notes(self) -> dict[str, str]:
        """What was found of the ledger and nobody has accepted, by kind."""
        return notes(self._process) if self._begun() else {}


def problems(
    process: Process, loops: Sequence[Loop] = (), pulse: Pulse | None = None
) -> dict[str, str]:
    """What keeps this worker from working, by name; empty when it is ready.

    Args:
        process: the worker's parts.
        loops: of the steps that it runs.
        pulse: of the loop that takes hints.
    """
    try:
        wrong = _wrong_with_redis(process)
    except redis.RedisError as error:
        what = awaited(error)
        wrong = [f"does not answer: {type(error).__name__}{what and f' ({what})'}"]
    # A new connection may lead elsewhere than those that are in use.
    met = DEMOTIONS.seconds_since
    if met is not None and met < MET:
        wrong.append(f"was a replica {met:.0f} s ago, by a connection in use")
    found = {"redis": "; ".join(wrong)} if wrong else {}
    found |= dict(standing_still(loops, pulse))
    if process.stopping.is_set():
        found["worker"] = "is stopping"
    return found


def standing_still(
    loops: Sequence[Loop], pulse: Pulse | None
) -> Iterator[tuple[str, str]]:
    """What of the worker makes no progress: its name, and since when."""
    for loop in loops:
        if loop.idle_seconds > STANDS_STILL:
            why = f" ({loop.failure})" if loop.failure else ""
            yield loop.name, f"no turn has worked for {loop.idle_seconds:.0f} s{why}"
    if pulse is not None and pulse.is_late:
        yield "queues", "no hint is taken from the queues; is the broker there?"


def _wrong_with_redis(process: Process) -> list[str]:
    settings = process.settings
    with looking_client(settings.redis_url, "ready") as client:
        wrong = _unfit(process, client)
        if client.get(keys.EPOCH) is None:
            # This worker has begun on a ledger, so there was one.
            wrong.append(str(LOST))
        if refused := refusal(owner(client), settings.deployment):
            wrong.append(refused)
        if Restores(client, settings.partitions).restored().held:
            wrong.append(HELD)
    return wrong


def notes(process: Process) -> dict[str, str]:
    """What was found of the ledger and nobody has accepted, by kind."""
    settings = process.settings
    try:
        with looking_client(settings.redis_url, "ready") as client:
            found = Restores(client, settings.partitions).restored().found
    except redis.RedisError:
        # The problems name it.
        return {}
    return {one.kind: one.message for one in found}


def metrics_page(process: Process, *, is_open: bool = False) -> bytes:
    """This worker's own counters, and the ledger's while it can be asked."""
    of_ledger = LedgerMetrics(lambda: _look(process))
    return page_of((process.metrics.registry, of_ledger), is_open=is_open)


def _look(process: Process) -> LedgerSnapshot:
    settings = process.settings
    return ledger_look(
        lambda: looking_client(settings.redis_url, "metrics"),
        settings.stream,
        settings.group,
        list(process.ledger.destinations),
        settings.partitions,
        faults=partial(_unfit, process),
    )


def _unfit(process: Process, client: "redis.Redis") -> list[str]:
    return unfit(
        client,
        allow_volatile=process.settings.allow_volatile_redis,
        assume_persistent=process.settings.assume_persistent,
    )
