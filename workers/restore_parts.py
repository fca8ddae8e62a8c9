"""Builds one worker's watch over restores and clocks, on a client of its own."""

import uuid
from collections.abc import Callable, Iterator

import redis

from tasks.destination import Destination
from tasks.plan_rules import WESTCON
from workers.connections import hasty_client
from workers.destinations import destinations_of
from workers.kept_marks import kept_marks
from workers.ledger.marks import LedgerMarks
from workers.ledger.moments import Moments
from workers.ledger.restores import Restores
from workers.ledger.scripts import Scripts
from workers.settings import Settings
from workers.steps.loop import Loop
from workers.steps.restore_watch import RestoreWatch

#: Seconds that a pause of any kind may have, whatever the settings say: a gate is shut
#: for an hour where access is refused, an item that cannot be leased set aside as long.
ANY_PAUSE = 86_400.0

#: The share by which jitter may lengthen a pause.
JITTER = 0.1


def restore_watch(settings: Settings, name: Callable[[], str]) -> RestoreWatch:
    """The watch; nothing connects yet.

    Args:
        settings: of this worker.
        name: of this worker, for who reads what was found.
    """
    client = hasty_client(settings.redis_url, "marks")
    scripts, partitions = Scripts(client), settings.partitions
    who = uuid.uuid4().hex[:12]
    lease = int(settings.lease * 1000)
    return RestoreWatch(
        LedgerMarks(client, who, settings.stream, partitions, scripts),
        Restores(client, partitions, scripts),
        Moments(client, partitions, dict(longest_pauses(settings)), lease, scripts),
        kept_marks(settings.marks_url, settings.deployment),
        name,
        holds=settings.on_restore == "hold",
    )


def restore_loop(watch: RestoreWatch) -> Loop:
    """The watch's thread, not started; nothing that the worker does holds it up."""
    return Loop("restores", watch.turn, redis.RedisError, last=watch.end)


def longest_pauses(settings: Settings) -> Iterator[tuple[str, int]]:
    """The ms that each destination's items and gate wait at most, by name."""
    for known in destinations_of(settings):
        seconds = max(_pauses(known, settings))
        yield known.name, int(seconds * (1 + JITTER) * 1000)


def _pauses(known: Destination, settings: Settings) -> Iterator[float]:
    yield from (ANY_PAUSE, known.retry.retry_after_max, known.breaker_seconds)
    yield from known.retry.pauses
    if known.name == WESTCON:
        yield settings.westcon.poll_max
