"""Checks of the workers: alive, and serving all that the settings need."""

from collections.abc import Iterable, Iterator, Sequence

import redis

from waybill.status.differing import differences
from waybill.status.served import absences, releases, strangers
from workers.ledger import keys
from workers.ledger.identity.deployment import owner
from workers.ledger.identity.heartbeats import Alive, Heartbeats
from workers.partners.check import Check, ok, warning, wrong
from workers.settings.settings import Settings
from workers.wiring.partners import destinations_of

NAME = "workers"


def worker_checks(client: "redis.Redis", settings: Settings) -> Iterator[Check]:
    """All checks of the workers; raises redis.RedisError."""
    workers = Heartbeats(client).alive()
    if not workers and client.get(keys.EPOCH) is None:
        # Nothing has begun yet; the check of the ledger shows more.
        yield warning(NAME, "no worker is alive", "start one when all else is right")
        return
    for stranger in strangers(workers, owner(client)):
        message, _, advice = stranger.partition("; ")
        yield wrong(NAME, message, advice)
    yield from presence(workers, [one.name for one in destinations_of(settings)])


def presence(workers: Sequence[Alive], destinations: Iterable[str]) -> Iterator[Check]:
    """What nobody does, and releases that differ."""
    found = list(absences(workers, destinations))
    for absence in found:
        message, _, advice = absence.partition("; ")
        yield wrong(NAME, message, advice)
    for one in differences(workers):
        yield (wrong if one.lasts else warning)(NAME, str(one), one.advice())
    versions = releases(workers)
    if len(versions) > 1:
        kinds = ", ".join(f"{name}: {count}" for name, count in versions.items())
        message = f"workers of several releases are alive ({kinds})"
        yield warning(NAME, message, "fine while a deployment lasts")
    elif not found:
        yield ok(NAME, f"{len(workers)} alive; they serve all that the settings need")
