"""Preparation of partitions that are new: what all partitions have a copy of."""

from collections.abc import Sequence

import redis

from workers.ledger import keys
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.layout.layout import Layout
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import text


def prepare(scripts: Scripts, layout: Layout) -> None:
    """Give each partition what those have in which orders have lain so far.

    It may run again. What somebody changes meanwhile is changed in all partitions by
    whoever follows the layout.

    Args:
        scripts: on the ledger's client.
        layout: of a ledger that is wide enough.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    rosters = Rosters(scripts, layout.width)
    rosters.join(sorted(rosters.everyone()))
    before = layout.earlier[-1].count if layout.earlier else layout.count
    known = [keys.prefix(n) for n in range(before)]
    others = [keys.prefix(n) for n in range(before, layout.width)]
    _copy_disabled(scripts, known, others)
    _copy_held(scripts.client, known, others)


def _copy_disabled(
    scripts: Scripts, known: Sequence[str], others: Sequence[str]
) -> None:
    def disabled() -> set[str]:
        found = (scripts.client.smembers(keys.disabled(root)) for root in known)
        return {text(name) for names in found for name in names}

    def each(script: str, names: set[str]) -> None:
        calls = [Call(script, root, (name,)) for name in names for root in others]
        if calls:
            scripts.run_all(calls)

    copied = disabled()
    each("disable", copied)
    # What was enabled in between.
    each("enable", copied - disabled())


def _copy_held(
    client: "redis.Redis", known: Sequence[str], others: Sequence[str]
) -> None:
    def held() -> list[object]:
        found = [client.get(keys.held(root)) for root in known]
        return [why for why in found if why is not None]

    for why in held()[:1]:
        for root in others:
            client.set(keys.held(root), text(why), nx=True)
    if not held():
        for root in others:
            client.delete(keys.held(root))
