"""Overload, rest, memory and many endpoints: what is made of what was seen."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import feed
from benchmarks.contenders import RECEIVER
from benchmarks.goals import extremes, idle, in_flight, memory, overload
from benchmarks.goals.drained import Drain
from benchmarks.goals.extremes import Extreme
from benchmarks.goals.memory import Kept
from benchmarks.goals.overload import Look, Overload
from serializers.events import decode
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings

URLS = "redis://127.0.0.1:1/0", "http://127.0.0.1:2"
LOOKS = (
    Look(at=0.0, fed=0, notified=0, polls=0, worker=1.0),
    Look(at=1.0, fed=200, notified=100, polls=50, worker=1.5),
    Look(at=2.0, fed=200, notified=200, polls=60, worker=1.6),
)


def test_a_stretch_has_what_happened_between_two_looks() -> None:
    fed_at = {"a": 0.0, "b": 0.9}
    late = {"a": 0.1, "b": 1.1}

    first, second = overload.stretches(LOOKS, fed_at, late)

    assert (first.fed_per_second, first.per_second, first.backlog) == (200, 100, 100)
    assert first.p50_ms == pytest.approx(600)
    assert (first.per_poll, second.per_poll) == (2.0, 10.0)
    assert [each.worker_ms for each in (first, second)] == pytest.approx([5.0, 1.0])
    assert second.p50_ms is None


def test_a_stretch_expects_a_wait_for_the_backlog_and_for_nothing_else() -> None:
    first, _ = overload.stretches(LOOKS, {}, {})

    assert first.expected_ms == pytest.approx(500)


def test_many_looks_make_few_rows_and_the_last_ends_with_the_last_look() -> None:
    looks = [Look(float(n), n, n, n, 0.0) for n in range(101)]

    found = overload.stretches(looks, {}, {})

    assert overload.ROWS <= len(found) <= overload.ROWS + 2
    assert found[-1].ends == 100.0


def test_an_overload_is_held_against_what_draining_needs() -> None:
    whole = Overload(
        drained_per_second=100.0,
        drained_ms=2.0,
        events=1_000,
        lost=1,
        seconds=10.0,
        longest_ms=6_000.0,
        most_behind=500,
        worker_ms=2.0,
    )

    found = list(overload.goals(whole))

    assert [goal.found for goal in found] == pytest.approx([1.0, 1.2, 1.0, 1])
    assert [goal.met for goal in found] == [True, False, True, False]


def test_a_worker_at_rest_is_held_against_commands_and_a_share_of_a_core() -> None:
    one = idle.Idle(60.0, 3.0, 2.0, 0.0021, 0.001, 90.0, {})

    commands, core = idle.goals(one)

    assert (commands.found, commands.met) == (5.0, True)
    assert core.found == pytest.approx(0.21)
    assert not core.met


def test_one_worker_is_one_of_the_products_two() -> None:
    assert len(idle.one_worker(*URLS).workers) == 1


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("{wb:0}:order:60000001", "order"),
        ("{wb:0}:counts", "counts"),
        ("wb:account:{orders:events}:waybill", "wb:account:{orders:events}:waybill"),
        ("unacked", "unacked"),
    ],
)
def test_a_key_is_of_the_kind_that_its_name_begins_with(key: str, kind: str) -> None:
    assert memory.kind_of(key) == kind


def test_all_of_redis_memory_is_held_against_the_goal() -> None:
    whole, part = Kept("small", memory.ALL, 0, 3_001), Kept("small", "order", 1.0, 500)
    other = replace(whole, orders="large", kept_bytes=3_000)

    assert [goal.met for goal in memory.goals([whole, part, other])] == [False, True]


def test_the_least_threads_and_the_best_are_held_against_their_rates() -> None:
    seconds = {64: 10.0, 128: 5.0, 256: 7.0}
    found = [
        Drain(in_flight.name(n), 100, 6_000, seconds[n], 1.0, 0.0, {}) for n in seconds
    ]

    as_many, best = in_flight.goals(found)

    assert (as_many.found, as_many.met) == (600, True)
    assert (best.found, best.ours) == (1_200, "1200 (threads 128x2)")


def test_the_worker_knows_as_many_endpoints_as_its_case_has(tmp_path: Path) -> None:
    made = extremes.with_endpoints(*URLS, 12, tmp_path)

    text = Path(made.environment["WAYBILL_CONFIG"]).read_text()
    assert len(tomllib.loads(text)["ingram"]["endpoints"]) == 12
    assert len(Settings.load(made.environment).of(Ingram).endpoints) == 12


def test_an_order_of_these_cases_names_one_endpoint() -> None:
    (number,) = feed.numbers(0, 1)

    assert decode.decode(extremes.placed(number)).endpoints == (RECEIVER,)


def test_each_extreme_is_held_against_the_worker_without_it() -> None:
    few = Extreme(10, 0, 0.004, 5.0, 2.0, 90.0, 95.0)
    many = Extreme(10_000, 0, 0.004, 6.0, 2.0, 115.0, 120.0)
    long = Extreme(10, 200_000, None, None, 2.0, 90.0, 96.0)

    found = list(extremes.goals(few, many, long))

    assert [goal.met for goal in found] == [True, False, False, True, True]
    assert found[1].found == pytest.approx(1.2)
    assert found[3].what.startswith("a backlog of 200,000")
