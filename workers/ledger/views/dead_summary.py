"""Read-only summary of the dead letters: how many, of what kind, for whom, how old."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import redis

from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import number, text

#: Letters of a partition that are read at each end, the oldest and the newest: a look
#: at more would hold up Redis for whoever works meanwhile.
READ = 500

#: What is said of a letter that was not read.
BETWEEN = "(between)"


@dataclass(frozen=True, slots=True)
class DeadGroup:
    """Dead letters of one kind and destination.

    Attributes:
        kind: event, watch, link or notification, or `BETWEEN`.
        destination: "" for events, `BETWEEN` for what was not read.
        oldest_ms: UTC ms at which the oldest of them was given up.
    """

    kind: str
    destination: str
    letters: int
    oldest_ms: int


def dead_groups(
    client: "redis.Redis", partitions: int, most: int = READ
) -> list[DeadGroup]:
    """Count them over all partitions; raises redis.RedisError."""
    scripts = Scripts(client)
    calls = [
        Call("dead_summary", keys.prefix(partition), (most,))
        for partition in range(partitions)
    ]
    found: dict[tuple[str, str], DeadGroup] = {}
    for answer in scripts.run_all(calls):
        for one in _groups(answer):
            place = one.kind, one.destination
            found[place] = _joined(one, found[place]) if place in found else one
    return list(found.values())


def _groups(answer: Iterable[object]) -> Iterator[DeadGroup]:
    values = iter(answer)
    for kind, destination, letters, oldest in zip(*[values] * 4, strict=True):
        yield DeadGroup(
            text(kind) or BETWEEN,
            text(destination) if text(kind) else BETWEEN,
            number(letters),
            int(float(text(oldest))),
        )


def _joined(one: DeadGroup, other: DeadGroup) -> DeadGroup:
    letters, oldest = one.letters + other.letters, min(one.oldest_ms, other.oldest_ms)
    return DeadGroup(one.kind, one.destination, letters, oldest)
