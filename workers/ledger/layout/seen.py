"""Marks of admitted events, which stay where their orders lay when they came."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import redis

from workers.ledger import keys
from workers.ledger.layout.layout import Layout
from workers.ledger.layout.places import Place

#: Ms by which a clock may be ahead: marks are looked for as much longer.
AHEAD: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Coming:
    """An event that is to be admitted: the digest of its mark, its order's place."""

    digest: str
    order: str
    place: Place


def marks_of(order: str, digest: str, layout: Layout) -> list[str]:
    """Keys of which one is there where an event of the order was admitted.

    Args:
        order: that the event is about.
        digest: of its source and id.
        layout: of the ledger.
    """
    before_ms = int(time.time() * 1000) - AHEAD
    places = (layout.home(order), *layout.marked(order, before_ms))
    return [keys.seen(keys.prefix(partition), digest) for partition in places]


def bring(client: "redis.Redis", events: Sequence[Coming], layout: Layout) -> None:
    """Have the marks of events stand where those are to be admitted.

    An order is looked for first: what is admitted elsewhere after that is refused
    there. Where no number of partitions was before this one nothing is asked; else it
    is one round trip, and a second one for what has come before.

    Args:
        client: of the ledger.
        events: that are to be admitted.
        layout: of the ledger.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    before_ms = int(time.time() * 1000) - AHEAD
    asked = [
        (one, keys.seen(keys.prefix(partition), one.digest))
        for one in events
        for partition in _elsewhere(one, layout, before_ms)
    ]
    if not asked:
        return
    pipeline = client.pipeline(transaction=False)
    for _, key in asked:
        pipeline.get(key)
        pipeline.pttl(key)
    answers = pipeline.execute()
    for (one, _), mark, rest in zip(asked, answers[0::2], answers[1::2], strict=True):
        if mark is not None and rest > 0:
            here = keys.seen(keys.prefix(one.place.partition), one.digest)
            pipeline.set(here, mark, nx=True, px=rest)
    if pipeline.command_stack:
        pipeline.execute()


def _elsewhere(one: Coming, layout: Layout, now_ms: int) -> set[int]:
    """Partitions besides its own in which the event's mark may stand."""
    if not layout.earlier:
        return set()
    places = {layout.home(one.order), *layout.marked(one.order, now_ms)}
    return places - {one.place.partition}
