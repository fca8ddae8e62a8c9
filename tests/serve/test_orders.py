"""Orders as an ERP reads them: what `waybill explain --json` has."""

from dataclasses import replace

import pytest
import redis

from tasks.ledger_values import WatchMove
from tests.ledger import acts
from tests.serve.conftest import Opener
from tests.waybill.terminal import Terminal, ledger_of
from workers.ledger import keys


@pytest.mark.parametrize("number", ["SO-1", "SO/1 ü"])
def test_an_order_is_shown_as_explain_shows_it(
    redis: redis.Redis, waybill: Terminal, door_of: Opener, number: str
) -> None:
    admitted(redis, waybill, number)
    shown = waybill.json("explain", number)

    with door_of() as door:
        answer = door.get(f"/v1/orders/{number}")

    assert answer.status_code == 200, answer.text
    got = answer.json()
    assert got["order"] == number
    for each in (got, shown):
        # Blockers need the partners' settings, which the door does not have.
        for item in (each["watch"], *each["watches"], *each["deliveries"]):
            item.pop("blockers", None)
            item.pop("overdue_seconds", None)
        each.pop("at")
    assert got == shown


def test_an_order_that_nobody_knows_is_not_found(door_of: Opener) -> None:
    with door_of() as door:
        answer = door.get("/v1/orders/SO-404")

    assert answer.status_code == 404
    assert "nothing is known" in answer.json()["detail"]


def test_a_record_that_cannot_be_read_is_no_secret_and_no_surprise(
    redis: redis.Redis, waybill: Terminal, door_of: Opener
) -> None:
    admitted(redis, waybill, "SO-1")
    redis.set(keys.record(keys.prefix(keys.partition_of("SO-1", 1)), "SO-1"), b"\x00")

    with door_of() as door:
        answer = door.get("/v1/orders/SO-1")

    assert answer.status_code == 500
    assert "waybill explain" in answer.json()["detail"]


def admitted(client: redis.Redis, waybill: Terminal, number: str) -> None:
    """An order in the ledger."""
    world = ledger_of(client, waybill.environ)
    acts.admit(world, number=number)


def test_orders_are_found_by_their_purchase_order(
    redis: redis.Redis, waybill: Terminal, door_of: Opener
) -> None:
    """To the letter; an order that is forgotten is left out."""
    world = ledger_of(redis, waybill.environ)
    for number in ("SO-1", "SO-2", "SO-3"):
        acts.admit(world, number=number, watch=WatchMove.START)
    redis.delete(keys.record(keys.prefix(0), "SO-2"))
    before = world.ledger.uses("PO", "SO-1")
    mine = replace(before[0], numbers=("60012345",))
    world.ledger.give("PO", before, (mine, *before[1:]))

    with door_of() as door:
        found = door.get("/v1/orders?purchase_order=%20PO").json()
        others = door.get("/v1/orders?purchase_order=po").json()
        none = door.get("/v1/orders")

    assert found == {
        "orders": [
            {"order": "SO-1", "westcon_orders": ["60012345"]},
            {"order": "SO-3", "westcon_orders": []},
        ]
    }
    assert others == {"orders": []}
    assert none.status_code == 400


@pytest.mark.parametrize("partitions", ["1", "4"])
def test_of_many_orders_under_one_purchase_order_all_are_found(
    redis: redis.Redis, waybill: Terminal, door_of: Opener, partitions: str
) -> None:
    environ = {**waybill.environ, "WAYBILL_PARTITIONS": partitions}
    world = ledger_of(redis, environ)
    numbers = {f"SO-{n}" for n in range(9)}
    for number in numbers:
        acts.admit(world, number=number, watch=WatchMove.START)
    world.ledger.orders(["SO-0"])
    world.ledger.uses("PO", "SO-0")

    with door_of(WAYBILL_PARTITIONS=partitions) as door:
        found = door.get("/v1/orders?purchase_order=PO").json()

    assert {one["order"] for one in found["orders"]} == numbers
