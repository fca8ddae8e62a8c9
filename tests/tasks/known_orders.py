"""Orders under watch that Westcon knows by their numbers."""

from typing import Any

from serializers.order_record import Order
from tasks.ledger_values import Hint
from tests.tasks.fakes import World
from tests.tasks.samples import order, reported, watched


def numbered(n: int, **fields: Any) -> Order:
    return order(westcon_number=f"60{n}")._replace(number=f"SO-{n}", **fields)


def known(world: World, *orders: Order, status: str = "SHI") -> Hint:
    """Orders under watch that Westcon knows by their numbers."""
    for one in orders:
        number = one.westcon_number
        world.westcon.lines[number] = (reported(status, order_number=number),)
    return watched(world, *orders)


def states(world: World, count: int) -> list[str]:
    return [world.ledger.watch(f"SO-{n}").state for n in range(count)]
