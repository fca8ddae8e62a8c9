"""A ledger of so many endpoints, and what Redis is asked."""

from collections.abc import Callable, Sequence

import redis

from tasks.destination import Destination
from tests.defaults import destination, retry
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.ledger.nodes import calls

#: Commands that are no script's own.
OUTSIDE = ("evalsha",)


def names(count: int) -> list[str]:
    return [f"e{n:04}" for n in range(count)]


def destinations(count: int) -> tuple[Destination, ...]:
    return tuple(destination(f"ingram/{name}", retry((10.0,))) for name in names(count))


def world_of(client: redis.Redis, count: int) -> World:
    return build(client, known=destinations(count))


def notify(world: World, endpoints: Sequence[str], number: str = "SO-1") -> None:
    """One notification to each, of one order."""
    new = [acts.notification(f"{number}.{name}", name) for name in endpoints]
    acts.admit(world, *new, number=number)


def due(world: World, count: int, number: str = "SO-1") -> None:
    """Something due at each of so many endpoints."""
    for name in names(count):
        acts.disable(world, f"ingram/{name}")
    notify(world, names(count), number)
    for name in names(count):
        acts.enable(world, f"ingram/{name}")


def commands(client: redis.Redis, act: Callable[[], object]) -> int:
    """How many commands Redis runs for it, those inside scripts among them."""
    before = calls(client)
    act()
    return sum(
        count
        for name, count in (calls(client) - before).items()
        if not name.startswith(OUTSIDE)
    )
