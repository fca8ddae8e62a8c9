"""`waybill orders list`: which orders, page by page, however many there are."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
import redis

from serializers.order_record import Line, Order, Portion
from tasks.ledger_values import WatchMove
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal, ledger_of
from workers.ledger import keys
from workers.ledger.views.order_list import Wanted, order_page
from workers.ledger.views.order_pass import Place

DAY_MS = 86_400_000


def placed(
    world: World,
    number: str,
    *deliveries: Any,
    watch: WatchMove = WatchMove.START,
    **facts: Any,
) -> Any:
    """Place an order; what was leased at once."""
    planned = acts.admission(world, deliveries, number=number, watch=watch)
    made = Order(number, **{"purchase_order": f"PO-{number}", **facts})
    return world.ledger.admit([replace(planned, order=made)])[0].leased


def at(*statuses: str) -> tuple[Line, ...]:
    return tuple(
        Line(f"/{n}", str(n), "", "1", now=(Portion(one, "1"),))
        for n, one in enumerate(statuses)
    )


def listed(waybill: Terminal, *options: str) -> list[str]:
    shown = waybill.json("orders", "list", *options)
    return sorted(one["order"] for one in shown["orders"])


def now_ms(client: redis.Redis) -> int:
    return int(client.time()[0]) * 1000


def test_each_filter_takes_its_orders_and_all_must_hold(
    ledger: World, waybill: Terminal
) -> None:
    old = now_ms(ledger.redis) - 10 * DAY_MS
    placed(ledger, "SO-1", customer_id="C-1", changed_ms=old, lines=at("BKO", "SHI"))
    placed(ledger, "SO-2", changed_ms=now_ms(ledger.redis), lines=at("SHI"))
    placed(ledger, "SO-3", acts.notification(), watch=WatchMove.NONE, customer_id="C-3")
    placed(ledger, "SO-4", watch=WatchMove.NONE, changed_ms=old)

    every = ["SO-1", "SO-2", "SO-3", "SO-4"]
    assert listed(waybill) == every
    assert listed(waybill, "--open") == every[:3]
    assert listed(waybill, "--finished") == ["SO-4"]
    assert listed(waybill, "--not-moved", "7", "--open") == ["SO-1", "SO-3"]
    assert listed(waybill, "--not-moved", "11", "--finished") == []
    assert listed(waybill, "--stage", "bko") == ["SO-1"]
    assert listed(waybill, "--stage", "SHI", "--customer", "C-1") == ["SO-1"]
    assert listed(waybill, "--customer", "C") == []
    assert listed(waybill, "--destination", "ingram/acme") == ["SO-3"]
    assert listed(waybill, "--destination", "westcon") == ["SO-1", "SO-2"]


def test_those_that_fail_while_they_are_tried_again_are_listed_with_why(
    ledger: World, waybill: Terminal
) -> None:
    [watch] = placed(ledger, "SO-1")
    acts.settle(ledger, acts.sent(ledger, watch), acts.AGAIN)
    hints = placed(ledger, "SO-2", acts.notification(), watch=WatchMove.NONE)
    acts.settle(ledger, acts.sent(ledger, hints[0]), acts.AGAIN)
    placed(ledger, "SO-3")

    shown = waybill.json("orders", "list", "--failing")["orders"]

    assert [one["order"] for one in shown] == ["SO-1", "SO-2"]
    assert [one["last_failure"] for one in shown] == ["http", "http_503"]
    assert all(one["failing_since"] for one in shown)
    assert "failing for 0 s: http" in waybill("orders", "list", "--failing").stdout
    assert listed(waybill, "--failing", "--destination", "westcon") == ["SO-1"]


def test_an_order_whose_watch_or_delivery_is_a_dead_letter_is_open(
    ledger: World, waybill: Terminal
) -> None:
    [watch] = placed(ledger, "SO-1")
    acts.settle(ledger, acts.sent(ledger, watch), acts.GIVE_UP)
    hints = placed(ledger, "SO-2", acts.notification(), watch=WatchMove.NONE)
    acts.settle(ledger, acts.sent(ledger, hints[0]), acts.GIVE_UP)

    assert listed(waybill, "--open") == ["SO-1", "SO-2"]
    assert "its watch is a dead letter" in waybill("orders", "list").stdout


@pytest.mark.parametrize(
    "options", [(), ("--open",), ("--failing",), ("--customer", "C")]
)
def test_pages_have_all_of_them_once_and_no_more_than_their_limit(
    redis: redis.Redis,
    environ: dict[str, str],
    options: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workers.ledger.views.order_list.STEP", 7)
    cut = environ | {"WAYBILL_PARTITIONS": "3"}
    world, waybill = ledger_of(redis, cut), Terminal(cut)
    names = {f"SO-{n}" for n in range(40)}
    for name in names:
        [watch] = placed(world, name, customer_id="C")[:1]
        acts.settle(world, acts.sent(world, watch), acts.AGAIN)
    found, after = list[str](), str(Place())

    while after:
        given = ("--limit", "3", "--after", after, "--wait")
        page = waybill.json("orders", "list", *options, *given)
        assert len(page["orders"]) <= 3
        found += [one["order"] for one in page["orders"]]
        after = page["after"] or ""

    assert sorted(found) == sorted(names)


def test_a_page_ends_when_its_time_is_over_and_goes_on_from_there(
    ledger: World, waybill: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.ledger.views.order_list.STEP", 2)
    for n in range(30):
        placed(ledger, f"SO-{n}", customer_id="C-1" if n == 7 else "")
    hours = itertools.count(step=3600)
    monkeypatch.setattr("waybill.orders.listing.time.monotonic", lambda: next(hours))

    first = waybill("orders", "list", "--customer", "C-1")
    whole = waybill.json("orders", "list", "--customer", "C-1", "--wait")

    assert "go on with --after 1." in first.stdout
    assert [one["order"] for one in whole["orders"]] == ["SO-7"]
    assert (whole["after"], whole["looked_at"]) == (None, 30)


def test_what_goes_meanwhile_or_cannot_be_read_is_left_out(
    ledger: World, waybill: Terminal
) -> None:
    placed(ledger, "SO-1")
    root = acts.root(ledger)
    ledger.redis.set(keys.record(root, "SO-2"), b"\x01x")
    ledger.redis.lpush(keys.record(root, "SO-3"), "x")
    ledger.redis.zadd(keys.failing(root), {"watch:westcon:SO-9": 1, "event:1-0": 2})
    ledger.redis.set(keys.order(root, "SO-1") + "x", "y")

    assert listed(waybill) == ["SO-1"]
    assert listed(waybill, "--failing") == []


def test_a_cursor_of_nobodys_is_bad_usage(waybill: Terminal) -> None:
    for given in ("x", "1.2.3", "-1.0.0.0.0", "1.2.3.4.5", "1.2.3.4.5.6"):
        assert waybill("orders", "list", "--after", given).exit_code == 2


def test_of_many_the_first_page_is_one_step(
    redis: redis.Redis, environ: dict[str, str]
) -> None:
    """However many there are: Redis is asked for one step, and no more."""
    world = ledger_of(redis, environ)
    pipeline = redis.pipeline(transaction=False)
    placed(world, "SO-1")
    record = redis.get(keys.record(acts.root(world), "SO-1"))
    for n in range(20_000):
        pipeline.set(keys.record(acts.root(world), f"SO-{n}"), record or b"")
    pipeline.execute()
    begun = redis.info("commandstats")

    page = order_page(redis, Wanted(), 50, Place(), world.places)

    after = redis.info("commandstats")
    asked = after["cmdstat_get"]["calls"] - begun["cmdstat_get"]["calls"]
    assert len(page.rows) == 50
    assert asked < 2_000


@pytest.mark.parametrize("command", ["list", "export"])
def test_what_no_order_can_be_is_bad_usage(
    ledger: World, waybill: Terminal, command: str
) -> None:
    placed(ledger, "SO-1")

    for both in (("--open", "--finished"), ("--finished", "--open")):
        refused = waybill("orders", command, *both)

        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "--open and --finished exclude each other" in refused.stderr


def test_a_status_that_neither_an_order_nor_the_table_has_is_refused(
    ledger: World, waybill: Terminal
) -> None:
    placed(ledger, "SO-1", lines=at("BKO"))

    refused = waybill("orders", "list", "--stage", "SHP")
    words = " ".join(refused.stderr.split())

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "did you mean SHI? There are: BOR, HLD, INC" in words
    assert listed(waybill, "--stage", "SHI") == []
    assert listed(waybill, "--stage", "bko") == ["SO-1"]


def test_an_order_in_another_state_is_not_read(ledger: World) -> None:
    for n in range(30):
        placed(ledger, f"SO-{n}", watch=WatchMove.NONE)
    begun = ledger.redis.info("commandstats")

    page = order_page(ledger.redis, Wanted("open"), 50, Place(), ledger.places)

    after = ledger.redis.info("commandstats")
    assert (page.rows, page.looked_at) == ([], 30)
    assert after["cmdstat_get"]["calls"] - begun["cmdstat_get"]["calls"] < 5
