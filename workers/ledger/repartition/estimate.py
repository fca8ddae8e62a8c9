"""Estimate of a repartition, by a look at the whole ledger; nothing is changed."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import redis

from workers.ledger import keys
from workers.ledger.repartition.names import (
    DELIVERY,
    LOG,
    ORDER,
    RECORD,
    Name,
    of_orders,
    pages,
)
from workers.redis.answers import number

#: Keys of each kind whose bytes are asked for.
SAMPLE: Final = 200

#: Times as long as to dump what an order has, it takes to move it: it is packed, sent
#: here and there, and set up. Measured, see docs/partitions.md.
MOVED: Final = 12.0

#: Kinds of which an order has one key, and deliveries.
SAMPLED: Final = (ORDER, RECORD, LOG, DELIVERY)


@dataclass(slots=True)
class Estimate:
    """What a repartition would move.

    Attributes:
        orders: that are in the ledger.
        moving: orders that would move, by where from and where to.
        deliveries: that would move with them.
        size: bytes of memory of what would move, about.
        seconds: that it would take, about.
    """

    orders: int = 0
    moving: Counter[tuple[int, int]] = field(default_factory=Counter)
    deliveries: int = 0
    size: int = 0
    seconds: float = 0.0


def estimate(
    client: "redis.Redis", goal: int, report: Callable[[int], None]
) -> Estimate:
    """Look at every order of a ledger that is to lie in so many partitions.

    Args:
        client: of the ledger; nothing is written.
        goal: the number of partitions.
        report: takes how many orders were looked at.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    found, counts = Estimate(), Counter[str]()
    samples: dict[str, list[Name]] = {kind: [] for kind in SAMPLED}
    for page in pages(client):
        for name in of_orders(client, page):
            home = keys.partition_of(name.order, goal)
            found.orders += name.kind == ORDER
            if home == name.partition or name.kind not in samples:
                continue
            counts[name.kind] += 1
            if name.kind == ORDER:
                found.moving[name.partition, home] += 1
            if len(samples[name.kind]) < SAMPLE:
                samples[name.kind].append(name)
        report(found.orders)
    found.deliveries = counts[DELIVERY]
    for kind, names in samples.items():
        size, seconds = _measured(client, names)
        found.size += round(counts[kind] * size)
        found.seconds += counts[kind] * seconds * MOVED
    return found


def _measured(client: "redis.Redis", names: list[Name]) -> tuple[float, float]:
    """Bytes of a key, and seconds in which it is dumped, on average."""
    if not names:
        return 0.0, 0.0
    asked = [keys.item(keys.prefix(name.partition), name.rest) for name in names]
    pipeline = client.pipeline(transaction=False)
    for key in asked:
        pipeline.memory_usage(key)
    sizes = pipeline.execute(raise_on_error=False)
    size = sum(number(one) for one in sizes if not isinstance(one, Exception))
    began = time.monotonic()
    for key in asked:
        pipeline.dump(key)
    pipeline.execute()
    return size / len(asked), (time.monotonic() - began) / len(asked)
