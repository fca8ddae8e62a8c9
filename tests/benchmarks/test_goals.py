"""Goals' table: what is held against which bound, and what Redis was seen to do."""

import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import redis

from benchmarks.contenders import TEXTBOOK, WAYBILL
from benchmarks.goals import calls, commands, drained, steady
from benchmarks.goals.drained import Drain
from benchmarks.goals.goal import Goal, found_in, number, page, ratio
from benchmarks.goals.monitor import read, recording
from benchmarks.goals.steady import Steady
from benchmarks.machine import this_machine
from benchmarks.meter import Spent
from benchmarks.report import Report
from benchmarks.watching.schedule import Cost
from tests.redis_servers import RedisServer

LESS = Goal("what", "1 ms", "2 ms", 0.5, 0.4)
OURS = Steady(
    contender=WAYBILL,
    delay_ms=0,
    busy=False,
    rate=50,
    events=100,
    arrived=100,
    worker_ms=4.0,
    feeder_ms=0.0,
    redis_ms=1.0,
    aof_bytes=500.0,
    p50_ms=7.0,
    p95_ms=8.0,
    p99_ms=9.0,
    others=0.1,
)
THEIRS = replace(OURS, contender=TEXTBOOK, worker_ms=10.0, p50_ms=8.0, p99_ms=9.5)
NOTHING = Spent(*([0] * 10))
SHOWN = b"""+OK
+1790000000.100000 [0 127.0.0.1:4001] "XADD" "orders:events" "*" "event" "{\\"a\\"}"
+1790000000.200000 [0 127.0.0.1:4002] "EVALSHA" "abc" "1" "{wb:0}"
+1790000000.200001 [0 lua] "HSET" "{wb:0}:order:1" "+1.2 [0 lua] \\"GET\\""
+1790000000.200002 [0 lua] "TIME"
+1790000000.300000 [0 127.0.0.1:4002] "lpush" "orders" "{}"
+1790000000.400000 [0 127.0.0.1:4002] "PUBLISH" "/0.celeryev/task.started" "{}"
+1790000000.4"""


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (LESS, False),
        (replace(LESS, found=0.4), True),
        (replace(LESS, found=math.inf), False),
        (replace(LESS, found=6.0, bound=6.0, least=True), True),
        (replace(LESS, found=5.9, bound=6.0, least=True), False),
    ],
)
def test_a_goal_is_met_at_its_bound_and_missed_beyond(goal: Goal, met: bool) -> None:  # noqa: FBT001 (a parameter of the table above)
    assert goal.met is met
    assert goal.cells[-1] == ("met" if met else "missed")


def test_a_figure_shows_three_digits_that_count_or_the_whole_number() -> None:
    assert [number(value) for value in (0.4, 0.12345, 17.84, 6_001.4, math.inf)] == [
        "0.4",
        "0.123",
        "17.8",
        "6,001",
        "none",
    ]


def test_what_never_came_is_infinitely_more_and_beside_it_all_is_nothing() -> None:
    assert ratio(3.0, 2.0) == 1.5
    assert ratio(None, 2.0) == math.inf
    assert ratio(2.0, None) == 0.0
    assert ratio(2.0, 0.0) == math.inf


def test_what_another_run_found_stands_beside_the_goals_by_its_name(
    tmp_path: Path,
) -> None:
    other = replace(LESS, what="other")
    file = tmp_path / "figures.json"
    report = Report(this_machine(), file)
    report.judge([replace(LESS, found=math.inf)])

    before = found_in(json.loads(file.read_text()))

    rows = page([LESS, other], before).splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert cells == [
        ["what", "1 ms", "2 ms", "none x", "0.5 x", "≤ 0.4 x", "missed"],
        ["other", "1 ms", "2 ms", "", "0.5 x", "≤ 0.4 x", "missed"],
    ]


def test_only_figures_of_the_same_case_are_compared() -> None:
    busy = replace(OURS, busy=True)
    others = [replace(THEIRS, rate=20), replace(THEIRS, delay_ms=100), THEIRS]

    found = list(steady.goals([OURS, busy, *others]))

    assert [goal.what for goal in found] == [
        "worker CPU per event, 50/s, partners answer at once",
        "XADD to arrival p50 / p99, 50/s, partners answer at once",
    ]


def test_a_steady_rate_is_held_against_cpu_and_the_worse_percentile() -> None:
    cpu, late = steady.goals([OURS, THEIRS])

    assert (cpu.found, cpu.bound, cpu.met) == (0.4, 0.4, True)
    assert late.found == pytest.approx(9.0 / 9.5)
    assert late.cells[1:3] == ("7.0 / 9.0 ms", "8.0 / 9.5 ms")


def test_a_contender_that_falls_behind_meets_no_goal_of_latency() -> None:
    _, late = steady.goals([replace(OURS, p99_ms=None), THEIRS])

    assert not late.met
    assert late.ours == "7.0 / falls behind ms"


def test_with_a_core_kept_busy_latency_alone_is_held_against_a_goal() -> None:
    busy = [replace(one, busy=True) for one in (OURS, THEIRS)]

    (goal,) = steady.goals(busy)

    assert goal.what.endswith("one core busy")


def test_commands_are_counted_inside_scripts_and_outside() -> None:
    ran = read(SHOWN, ["127.0.0.1:4001"])

    assert ran.outside == {"EVALSHA": 1, "LPUSH": 1, "PUBLISH": 1}
    assert ran.inside == {"HSET": 1, "TIME": 1}
    assert ran.scripts == {"abc": 1}
    assert (ran.ran, ran.hints) == (1, 1)


def test_a_recording_holds_what_others_sent_and_not_what_its_own_client_did(
    redis_server: RedisServer,
) -> None:
    other = redis.Redis.from_url(redis_server.url)
    client = redis.Redis.from_url(redis_server.url)
    client.ping()
    other.ping()

    with recording(client) as record:
        other.eval("return redis.call('set', KEYS[1], 'x')", 1, "key")
        client.get("key")
        other.get("key")

    ran = record.commands()
    assert ran.outside["EVAL"] == ran.outside["GET"] == 1
    assert ran.inside == {"SET": 1}


def test_commands_per_event_are_held_against_four_bounds_beside_the_textbooks() -> None:
    cost = replace(NOTHING, aof=12_000)
    ours = commands.counted(WAYBILL, 50, 2, read(SHOWN), cost)
    theirs = commands.counted(TEXTBOOK, 50, 1, read(SHOWN), cost)

    found = {goal.what: goal for goal in commands.goals([ours, theirs])}

    assert [goal.met for goal in found.values()] == [True, True, True, True]
    aof = found["AOF bytes per event, 50/s"]
    assert (aof.ours, aof.theirs) == ("6,000.0", "12,000.0")
    assert ours.by_name["sent: EVALSHA"] == 0.5


def test_the_products_scripts_are_counted_by_their_names() -> None:
    names = commands.script_names()

    assert {"admit", "begin", "settle"} <= set(names.values())
    assert all(len(digest) == 40 for digest in names)


def test_a_drained_backlog_is_held_against_the_textbooks_rate_and_cpu() -> None:
    ours = Drain(WAYBILL, 0, 600, 1.0, 1.0, 0.0, {})
    theirs = Drain(TEXTBOOK, 0, 600, 6.0, 10.0, 0.0, {})
    slow = Drain(WAYBILL, 100, 600, 1.0, 1.0, 0.0, {})

    found = list(drained.goals([ours, theirs, slow]))

    assert [(goal.found, goal.bound) for goal in found] == [(0.1, 0.1), (6.0, 6.0)]
    assert all(goal.met for goal in found)


def test_fewer_calls_count_only_where_nothing_is_seen_later() -> None:
    p50, p95 = calls.LATE[100]
    cost = Cost("x", 100, 10, 20, 50.0, 60.0, 60.0, p50, 1.1 * p95, 0)

    fewer, later = calls.goals([cost])

    assert fewer.met
    assert not later.met
    assert later.found == pytest.approx(1.1)


def test_what_grew_is_the_difference_of_every_counter() -> None:
    before = Spent(*range(10))
    after = Spent(*(3 * each + 10 for each in range(10)))

    grown = after.since(before)

    assert list(asdict(grown).values()) == [2 * each + 10 for each in range(10)]


def test_what_others_used_is_what_the_machine_did_without_what_is_measured() -> None:
    grown = replace(NOTHING, seconds=4.0, machine=6.0, ours=5.0)

    assert grown.others == 0.25
    assert replace(grown, ours=7.0).others == 0.0
