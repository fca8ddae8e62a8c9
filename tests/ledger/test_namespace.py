"""What names an order is fixed once a ledger has orders."""

import pytest
import redis

from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import ABLE
from workers.ledger import keys
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.identity.metadata import LedgerMismatchError, found
from workers.ledger.identity.namespace import NUMBER, SOURCE, namespace_of


def begin(client: redis.Redis, orders_by: str) -> None:
    found(client, 1, orders_by=orders_by)


@pytest.mark.parametrize("orders_by", [NUMBER, SOURCE])
def test_a_new_ledger_names_orders_as_the_settings_state(
    redis: redis.Redis, orders_by: str
) -> None:
    begin(redis, orders_by)

    begin(redis, orders_by)
    assert namespace_of(redis) == orders_by


def test_another_way_is_refused_once_there_are_orders(world: World) -> None:
    begin(world.redis, NUMBER)
    acts.admit(world)

    with pytest.raises(LedgerMismatchError) as refused:
        begin(world.redis, SOURCE)

    text = str(refused.value)
    assert "names orders by number, WAYBILL_NAMESPACE is source" in text
    assert "set WAYBILL_NAMESPACE=number, or use an empty Redis" in text
    assert namespace_of(world.redis) == NUMBER


def test_an_order_whose_deliveries_alone_are_left_is_one_too(world: World) -> None:
    begin(world.redis, SOURCE)
    acts.admit(world, acts.link())
    for pattern in ("*record*", "*log*"):
        for key in list(world.redis.scan_iter(pattern)):
            world.redis.delete(key)

    with pytest.raises(LedgerMismatchError):
        begin(world.redis, NUMBER)


def test_a_ledger_of_the_release_before_names_orders_by_number(world: World) -> None:
    found(world.redis, 1)
    world.redis.delete(keys.NAMESPACE)
    acts.admit(world)

    with pytest.raises(LedgerMismatchError):
        begin(world.redis, SOURCE)

    begin(world.redis, NUMBER)


@pytest.mark.parametrize("before", ["marked", "unmarked"])
def test_while_it_has_no_orders_and_no_workers_the_way_can_be_changed(
    redis: redis.Redis, before: str
) -> None:
    begin(redis, NUMBER)
    if before == "unmarked":
        redis.delete(keys.NAMESPACE)
    Heartbeats(redis).beat("a worker", ABLE)

    with pytest.raises(LedgerMismatchError):
        begin(redis, SOURCE)
    redis.delete(keys.WORKERS)
    begin(redis, SOURCE)

    assert namespace_of(redis) == SOURCE
