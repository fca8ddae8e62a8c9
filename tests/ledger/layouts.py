"""Layouts of a ledger for tests, decided as `waybill partitions` decides them."""

import redis

from workers.ledger.layout import stages
from workers.ledger.layout.layout import Layout, decision, follow, layout_of
from workers.ledger.scripts import Scripts


def decided(client: "redis.Redis", after: Layout) -> Layout:
    """Decide it and have all partitions follow."""
    scripts, before = Scripts(client), layout_of(client)
    assert scripts.run(decision(before, after))
    follow(scripts, after)
    return after


def widened(client: "redis.Redis", goal: int) -> Layout:
    """Have the ledger get wider, to so many partitions."""
    return decided(client, stages.widened(layout_of(client), goal))


def moved(client: "redis.Redis", goal: int) -> Layout:
    """Have its orders begin to move into so many partitions."""
    return decided(client, stages.moving(widened(client, goal), 0))
