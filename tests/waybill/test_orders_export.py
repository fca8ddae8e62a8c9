"""`waybill orders export`: every order with its timeline, a line of JSON each."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from tasks.ledger_values import WatchMove
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal, ledger_of
from tests.waybill.test_orders_list import at, placed
from workers.ledger import keys


def lines(waybill: Terminal, *options: str) -> Iterator[Any]:
    result = waybill("orders", "export", *options)
    assert result.exit_code == 0, result.output
    return map(json.loads, result.stdout.splitlines())


def test_each_order_is_a_line_with_all_that_explain_knows_of_it(
    ledger: World, waybill: Terminal
) -> None:
    placed(ledger, "SO-1", customer_id="C-1", lines=at("BKO"))

    [one] = lines(waybill)

    explained = waybill.json("explain", "SO-1")
    for name in ("order", "version", "customer_id", "lines", "timeline", "placed"):
        assert one[name] == explained[name]
    assert one["timeline"][0]["notes"]
    assert one["watch"]["state"] == explained["watch"]["state"]


def test_all_are_there_however_few_are_read_at_once(
    redis: redis.Redis, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waybill.orders.export.PAGE", 3)
    cut = environ | {"WAYBILL_PARTITIONS": "2"}
    world = ledger_of(redis, cut)
    for n in range(20):
        watch = WatchMove.START if n % 2 else WatchMove.NONE
        placed(world, f"SO-{n}", watch=watch, customer_id=f"C-{n % 3}")
    root = keys.prefix(keys.partition_of("SO-98", 2))
    redis.set(keys.record(root, "SO-98"), b"\x01x")
    waybill = Terminal(cut)

    every = sorted(one["order"] for one in lines(waybill))

    assert every == sorted(f"SO-{n}" for n in range(20))
    assert {one["order"] for one in lines(waybill, "--open")} == {
        f"SO-{n}" for n in range(1, 20, 2)
    }
    assert {one["customer_id"] for one in lines(waybill, "--customer", "C-2")} == {
        "C-2"
    }
