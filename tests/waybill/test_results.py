"""`waybill results`: what the ERP hears, for people and for programs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from serializers.results.decode import decode
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal, ledger_of
from waybill.results.command import read
from waybill.results.view import line
from workers.ledger import keys
from workers.ledger.results.reader import ResultReader

EVERY = '["event.accepted", "order.linked", "order.link_failed", "order.set_aside"]'


@pytest.fixture(name="told")
def of_two_orders(redis: redis.Redis, waybill: Terminal) -> Terminal:
    """A ledger in which something was told of two orders."""
    terminal = Terminal({**waybill.environ, "WAYBILL_RESULTS__TYPES": EVERY})
    world = ledger_of(redis, terminal.environ)
    acts.dead(world, acts.link(payload=b'["SO-1", "C-9"]'))
    taken = acts.admit(world, acts.link("L2", b'["SO-2", "C-8"]'), number="SO-2")
    acts.settle(world, acts.sent(world, taken.leased[0]), acts.DONE)
    return terminal


def lines(terminal: Terminal, *options: str) -> list[dict[str, Any]]:
    result = terminal("results", "--json", *options)
    assert result.exit_code == 0, result.output
    return [json.loads(one) for one in result.stdout.splitlines()]


def types(found: list[dict[str, Any]]) -> list[str]:
    return [one["event"]["type"].removeprefix("waybill.") for one in found]


def test_each_result_is_an_object_on_a_line(told: Terminal) -> None:
    found = lines(told)

    assert types(found) == [
        "event.accepted",
        "order.link_failed",
        "event.accepted",
        "order.linked",
    ]
    assert {one["partition"] for one in found} == {0}
    assert all(one.keys() == {"partition", "entry", "event"} for one in found)


def test_results_are_chosen_by_type_order_and_place(told: Terminal) -> None:
    every = lines(told)

    assert types(lines(told, "--type", "order.linked")) == ["order.linked"]
    assert types(lines(told, "--order", "SO-2")) == ["event.accepted", "order.linked"]
    assert lines(told, "--since", every[2]["entry"]) == every[2:]
    assert lines(told, "--since", every[0]["event"]["time"]) == every
    assert lines(told, "--since", "2100-01-01T00:00:00Z") == []


def test_a_person_reads_a_line_each(told: Terminal) -> None:
    result = told("results", "--type", "order.link_failed")

    (only,) = result.stdout.splitlines()
    assert only.endswith("order.link_failed  SO-1  delivery:L1  http_400  refused")


@pytest.mark.parametrize("since", ["yesterday", "12-x", "2026-03-02"])
def test_a_place_that_is_none_is_bad_usage(told: Terminal, since: str) -> None:
    result = told("results", "--since", since)

    assert result.exit_code == 2
    assert "--since must be" in result.stderr


def test_what_is_no_result_is_named_and_passed_over(
    redis: redis.Redis, told: Terminal
) -> None:
    redis.xadd(keys.results(keys.prefix(0)), {"event": "not json"})
    redis.xadd(keys.results(keys.prefix(0)), {"other": "{}"})

    result = told("results")

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 4
    assert result.stderr.count("a result: not JSON") == 2


def test_following_goes_on_where_it_has_waited(world_of: World) -> None:
    reader = ResultReader(world_of.redis)
    waits: Iterator[int] = iter(range(3))

    def sleep(_: float) -> None:
        if next(waits) > 1:
            raise KeyboardInterrupt
        acts.admit(world_of)

    following = read(
        reader, reader.beginning(), follow=True, width=lambda: 1, sleep=sleep
    )

    assert next(following).body
    assert next(following).body
    with pytest.raises(KeyboardInterrupt):
        next(following)


def test_following_goes_on_in_partitions_that_were_added(world_of: World) -> None:
    reader, widths = ResultReader(world_of.redis), iter([1, 3])
    following = read(
        reader,
        reader.beginning(),
        follow=True,
        width=lambda: next(widths),
        sleep=lambda _: None,
    )
    acts.admit(world_of)
    world_of.redis.xadd(keys.results(keys.prefix(2)), {"event": b"of another"})

    assert [next(following).partition, next(following).partition] == [0, 2]


@pytest.fixture
def world_of(redis: redis.Redis, waybill: Terminal) -> World:
    environ = {**waybill.environ, "WAYBILL_RESULTS__TYPES": EVERY}
    return ledger_of(redis, environ)


SAMPLES = {
    "order.changed": (
        {
            "lines": [
                {
                    "line_number": "10",
                    "ordered": "5",
                    "reached": [
                        {"code": "SHI", "quantity": "2"},
                        {"code": "INV", "quantity": "1"},
                    ],
                    "now": [{"code": "BOR", "quantity": "3"}],
                },
                {"line_number": "20"},
            ]
        },
        "10: INV 1, BOR 3 of 5; 20: open",
    ),
    "order.finished": ({"reason": "complete"}, "complete"),
    "order.linked": ({"customer_id": "C-9"}, "C-9"),
    "event.accepted": ({"event_type": "order.placed", "id": "e"}, "order.placed  e"),
    "event.refused": (
        {"id": "e", "dead_letter": "event:1-0", "code": "x", "reason": "y"},
        "e  event:1-0  x  y",
    ),
    "notification.delivered": ({"endpoint": "acme", "event_id": "E"}, "acme  E"),
    "dead_letter.replayed": ({"dead_letter": "delivery:L1"}, "delivery:L1"),
    "of.a.newer.release": ({"lines": 3}, ""),
    "order.changed ": ({"lines": 3}, ""),
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_each_type_has_a_line_of_its_own(kind: str) -> None:
    data, shown = SAMPLES[kind]
    event = {"type": f"waybill.{kind}", "subject": "SO-1", "time": "T", "data": data}

    found = line(decode(json.dumps(event).encode()))

    assert found == "  ".join(filter(None, ("T", kind, "SO-1", shown)))
