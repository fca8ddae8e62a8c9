"""Last run of a reconciliation, and what its repairs have replaced so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import redis

from serializers.reconcile.finding import LOST, Act, Kind
from workers.ledger import keys
from workers.redis.answers import number, text

FOUND, REPLACED, REPAIRED = "found:", "replaced:", "repaired:"


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last whole run.

    Attributes:
        at_ms: UTC ms at which it ended, 0 for never.
        found: findings by kind.
        lost: those of them that stand for something lost.
        unasked: questions that a partner could not be asked.
        replaced: repairs made since the ledger was made, by act.
    """

    at_ms: int = 0
    found: Mapping[str, int] = field(default_factory=dict)
    lost: int = 0
    replaced: Mapping[str, int] = field(default_factory=dict)
    unasked: int = 0


def last_run(client: "redis.Redis", partitions: int) -> LastRun:
    """Read it; raises redis.RedisError.

    A repair is counted in its partition, by the script that makes it, so that one that
    is killed is counted or not made. The release before counted beside the run.
    """
    pipeline = client.pipeline(transaction=False)
    pipeline.hgetall(keys.RECONCILED)
    for partition in range(partitions):
        names = [REPAIRED + act for act in Act]
        pipeline.hmget(keys.counts(keys.prefix(partition)), names)
    raw, *counts = pipeline.execute()
    made = {
        act: sum(map(number, each))
        for act, each in zip(Act, zip(*counts, strict=True), strict=True)
    }
    kept = {text(name): number(value) for name, value in raw.items()}
    return LastRun(
        at_ms=kept.get("at", 0),
        found={kind: kept.get(FOUND + kind, 0) for kind in Kind},
        lost=kept.get("lost", 0),
        replaced={act: made[act] + kept.get(REPLACED + act, 0) for act in Act},
        unasked=kept.get("unasked", 0),
    )


def note_run(
    client: "redis.Redis", at_ms: int, found: Mapping[str, int], unasked: int = 0
) -> None:
    """Note a run that has come to its end; raises redis.RedisError."""
    lost = sum(found.get(kind, 0) for kind in LOST)
    fields = {FOUND + kind: found.get(kind, 0) for kind in Kind}
    pipeline = client.pipeline()
    for name, count in {
        **fields,
        "at": at_ms,
        "lost": lost,
        "unasked": unasked,
    }.items():
        pipeline.hset(keys.RECONCILED, name, str(count))
    pipeline.execute()
