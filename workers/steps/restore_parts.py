"""Factory of one worker's restore watch, on a Redis client of its own."""

import uuid
from collections.abc import Callable, Iterator

import redis

from tasks.outcomes.retry import JITTER
from workers.dispatch.activity import Activity
from workers.ledger import keys
from workers.ledger.restore.findings import Restores
from workers.ledger.restore.kept_marks import kept_marks
from workers.ledger.restore.marks import LedgerMarks
from workers.ledger.restore.moments import Furthest, Moments
from workers.ledger.scripts import Scripts
from workers.redis.clients import hasty_client
from workers.redis.durability import durability_of
from workers.settings.settings import Settings
from workers.steps.loop import Loop
from workers.steps.restore_watch import RestoreWatch
from workers.wiring.partners import destinations_of

#: Seconds that a pause of any kind may have, whatever the settings are: a gate is shut
#: for an hour where access is refused, an item that cannot be leased set aside as long.
ANY_PAUSE = 86_400.0

#: A lease lies no further ahead than so many of ours: others may have longer ones.
LEASES = 10


def restore_watch(
    settings: Settings, name: Callable[[], str], activity: Activity
) -> RestoreWatch:
    """The watch; nothing connects yet.

    Args:
        settings: of this worker.
        name: of this worker, for who reads what was found.
        activity: of this process.
    """
    client = hasty_client(settings.redis_url, "marks")
    scripts, partitions = Scripts(client), settings.partitions
    who = uuid.uuid4().hex[:12]
    gates = [known.name for known in destinations_of(settings)]
    if durability_of(settings.durability).replicas:
        # Those of the partitions, which a Cluster may have.
        gates += map(keys.prefix, range(partitions))
    return RestoreWatch(
        LedgerMarks(client, who, settings.stream, partitions, scripts),
        Restores(client, partitions, scripts),
        Moments(client, partitions, gates, furthest(settings), scripts),
        kept_marks(settings.marks_url, settings.deployment),
        name,
        holds=settings.on_restore == "hold",
        works=lambda: activity.is_recent,
    )


def restore_loop(watch: RestoreWatch, activity: Activity) -> Loop:
    """The watch's thread, not started; nothing that the worker does holds it up."""
    loop = Loop("restores", watch.turn, redis.RedisError, last=watch.end)
    activity.begins = loop.nudge
    return loop


def furthest(settings: Settings) -> Furthest:
    """How far ahead a moment of the ledger may lie, by the settings."""
    pause = int(max(_pauses(settings)) * 1000)
    return Furthest(pause, int(LEASES * settings.lease * 1000))


def _pauses(settings: Settings) -> Iterator[float]:
    looks = (own.longest_look for own in settings.sections.values())
    for one in (ANY_PAUSE, *looks):
        yield one * (1.0 + JITTER)
    for known in destinations_of(settings):
        yield from (known.retry.longest, known.breaker_seconds)
