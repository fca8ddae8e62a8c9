"""Read-only view of the dead letters: how many of each kind, and since when."""

from dataclasses import dataclass

import redis

from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import number, text

#: Letters that one script looks at: it costs Redis about a millisecond.
PAGE = 2_000


@dataclass(frozen=True, slots=True)
class DeadKind:
    """The dead letters of one kind.

    Attributes:
        kind: event, watch, link or notification.
        count: how many wait for a decision.
        oldest_ms: UTC ms at which the oldest of them was given up.
    """

    kind: str
    count: int
    oldest_ms: int


def dead_kinds(client: "redis.Redis", partitions: int = 1) -> tuple[DeadKind, ...]:
    """Every kind of which there are some, in its word's order.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    scripts, found = Scripts(client), dict[str, DeadKind]()
    for partition in range(partitions):
        at, looked = 0, PAGE
        while looked == PAGE:
            place = (at, at + PAGE - 1)
            call = Call("dead_kinds", keys.prefix(partition), place)
            looked, *kinds = scripts.run(call)
            for n in range(0, len(kinds), 3):
                word, count, oldest = kinds[n : n + 3]
                _add(DeadKind(text(word), number(count), number(oldest)), found)
            at += PAGE
    return tuple(found[kind] for kind in sorted(found))


def _add(one: DeadKind, found: dict[str, DeadKind]) -> None:
    other = found.get(one.kind, DeadKind(one.kind, 0, one.oldest_ms))
    oldest = min(one.oldest_ms, other.oldest_ms)
    found[one.kind] = DeadKind(one.kind, one.count + other.count, oldest)
