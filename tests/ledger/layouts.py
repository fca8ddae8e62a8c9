"""Layouts of a ledger for tests, decided as `waybill partitions` decides them."""

import redis

from workers.ledger.layout.layout import (
    Earlier,
    Layout,
    Stage,
    decide,
    follow,
    layout_of,
)
from workers.ledger.scripts import Scripts


def widening(before: Layout, goal: int) -> Layout:
    """All partitions are there, orders lie as before."""
    width = max(before.width, goal)
    version, count, index = before.version + 1, before.count, before.index
    stage, earlier = Stage.WIDENING, before.earlier
    return Layout(version, count, width, index, stage, goal, earlier)


def moving(before: Layout) -> Layout:
    """New orders go where they belong, the others lie where they did."""
    version, width, index = before.version + 1, before.width, before.index
    earlier = (*before.earlier, Earlier(before.count))
    stage, goal = Stage.MOVING, before.goal
    return Layout(version, goal, width, index, stage, goal, earlier)


def settled(before: Layout, until_ms: int) -> Layout:
    """All orders have arrived; marks of events stand where they came."""
    *others, last = before.earlier
    earlier = (*others, Earlier(last.count, until_ms))
    version, count, width = before.version + 1, before.count, before.width
    return Layout(
        version, count, width, before.index, Stage.SETTLED, before.goal, earlier
    )


def decided(client: "redis.Redis", after: Layout) -> Layout:
    """Decide it and have all partitions follow."""
    scripts, before = Scripts(client), layout_of(client)
    assert decide(scripts, before, after)
    follow(scripts, after)
    return after


def widened(client: "redis.Redis", goal: int) -> Layout:
    """Have the ledger get wider, to so many partitions."""
    return decided(client, widening(layout_of(client), goal))


def moved(client: "redis.Redis", goal: int) -> Layout:
    """Have its orders begin to move into so many partitions."""
    return decided(client, moving(widened(client, goal)))
