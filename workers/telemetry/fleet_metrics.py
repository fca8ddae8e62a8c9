"""Metrics of the workers among each other, and of the Redis that they work on."""

from collections import Counter, defaultdict

from workers.telemetry.family import Family, Samples
from workers.telemetry.ledger_snapshot import LedgerSnapshot


def _shared_names(seen: LedgerSnapshot) -> Samples:
    names = Counter(one.heartbeat.name for one in seen.workers)
    yield (), sum(1 for workers in names.values() if workers > 1)


def _deployments(seen: LedgerSnapshot) -> Samples:
    yield (), len({one.heartbeat.deployment for one in seen.workers})


def _differing(seen: LedgerSnapshot) -> Samples:
    """Each part of the settings; older releases do not report theirs."""
    digests: defaultdict[str, set[str]] = defaultdict(set)
    for one in seen.workers:
        for part, digest in one.heartbeat.settings.items():
            digests[part].add(digest)
    return (((part,), int(len(kinds) > 1)) for part, kinds in sorted(digests.items()))


FLEET = (
    Family(
        "waybill_worker_names_shared",
        "gauge",
        "Names that several living workers have",
        _shared_names,
    ),
    Family(
        "waybill_deployments",
        "gauge",
        "Deployments whose workers are alive on this ledger",
        _deployments,
    ),
    Family(
        "waybill_settings_differ",
        "gauge",
        "1 for a part of the settings that is not the same for all living workers",
        _differing,
        ("part",),
    ),
    Family(
        "waybill_redis_unfit",
        "gauge",
        "What is wrong with this Redis: it may evict, keeps nothing, is too old, or is"
        " no primary",
        lambda seen: [((), seen.unfit)],
    ),
    Family(
        "waybill_ledger_missing",
        "gauge",
        "1 while the ledger's mark is missing: Redis has lost its data, or no worker"
        " has begun on it",
        lambda seen: [((), int(seen.missing))],
    ),
)
