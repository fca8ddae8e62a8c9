"""The simulation's arithmetic: lives, looks on a virtual clock, calls and delays."""

import random
from dataclasses import replace

import pytest

from benchmarks.watching.lifetimes import DAY, KINDS, Life, lives
from benchmarks.watching.schedule import costs, defaults, split
from benchmarks.watching.virtual_watch import Calls, Schedule, Sighting, Watching, fixed
from tests.defaults import plan_rules

#: A pause of a minute until the order has stood ten, of a tenth from then on.
RULES = replace(
    plan_rules().poll, shortest=60.0, longest=600.0, fraction=0.1, patience=DAY
)


class Even(random.Random):
    """Dice that never move a look."""

    def random(self) -> float:
        return 0.5


def scheduled(*watched: Life, calls: Calls | None = None) -> Watching:
    return Schedule(watched, RULES, calls or Calls(), Even()).run()


def test_the_kinds_of_orders_are_all_there_are() -> None:
    assert sum(kind.share for kind in KINDS) == pytest.approx(1.0)


def test_lives_are_the_same_from_run_to_run() -> None:
    one, other = (tuple(lives(50, DAY, random.Random(7))) for _ in range(2))

    assert one == other
    assert all(0 <= life.placed <= DAY for life in one)
    assert [life.placed for life in one] == sorted(life.placed for life in one)
    assert all(life.changes == tuple(sorted(life.changes)) for life in one)


def test_a_look_sees_what_has_changed_since_the_last() -> None:
    seen = scheduled(Life(0.0, (90.0, 100.0), ends=True))

    # At 0, 60 and 120 seconds.
    assert (seen.calls, seen.looks, seen.given_up) == (3, 3, 0)
    assert seen.sightings == [Sighting(90.0, 30.0), Sighting(10.0, 20.0)]


def test_an_order_that_never_ends_is_watched_for_its_patience() -> None:
    seen = scheduled(Life(0.0, (30.0,), ends=False))

    assert seen.given_up == 1
    assert len(seen.sightings) == 1


def test_due_looks_share_a_call_and_new_orders_do_not() -> None:
    alike = (Life(0.0, (30.0,), ends=True),) * 3

    seen = scheduled(*alike, calls=Calls(most=2))

    assert (seen.calls, seen.looks) == (3 + 2, 6)


def test_a_call_is_filled_with_a_look_that_is_due_soon() -> None:
    pair = (Life(0.0, (1.0,), ends=True), Life(20.0, (21.0,), ends=True))

    apart = scheduled(*pair, calls=Calls(most=2))
    filled = scheduled(*pair, calls=Calls(most=2, soon_seconds=20.0))

    assert (apart.calls, filled.calls) == (4, 3)
    assert filled.sightings == [Sighting(1.0, 59.0), Sighting(1.0, 39.0)]


def test_a_call_is_filled_with_a_look_whose_pause_is_nearly_over() -> None:
    pair = (Life(0.0, (1.0,), ends=True), Life(20.0, (21.0,), ends=True))

    third = scheduled(*pair, calls=Calls(most=2, soon_share=0.34))
    fourth = scheduled(*pair, calls=Calls(most=2, soon_share=0.25))

    assert (third.calls, fourth.calls) == (3, 4)


def test_fixed_looks_count_from_each_orders_placing() -> None:
    seen = fixed([Life(10.0, (400.0,), ends=True)], 300.0, DAY, most=1)

    # At 10, 310 and 610 seconds.
    assert (seen.calls, seen.looks) == (3, 3)
    assert seen.sightings == [Sighting(390.0, 210.0)]


def test_fixed_looks_that_share_calls_share_the_clock() -> None:
    three = [Life(10.0, (400.0,), ends=True)] * 3

    seen = fixed(three, 300.0, DAY, most=2)

    # At 300 and at 600 seconds, two calls each.
    assert (seen.calls, seen.looks) == (4, 6)
    assert seen.sightings == [Sighting(390.0, 200.0)] * 3


def test_fixed_looks_end_with_patience_too() -> None:
    late = Life(0.0, (2 * DAY,), ends=True)

    seen = fixed([late], 300.0, DAY, most=1)

    assert (seen.calls, seen.given_up, seen.sightings) == (289, 1, [])


def test_the_simulation_takes_what_the_product_does() -> None:
    rules, westcon = defaults()

    assert (rules.shortest, rules.calm) == (45.0, 780.0)
    assert (rules.longest, rules.fraction) == (21_600.0, 0.1)
    assert (westcon.per_call, westcon.soon_seconds) == (10, 22.5)
    assert westcon.soon_share > 0


def test_the_parts_of_the_gain_make_the_whole() -> None:
    found = costs(20)
    alone, *_, filled = found

    assert filled.gain == pytest.approx(alone.calls / filled.calls)
    assert f"20 orders: {filled.gain:,.0f} times fewer calls" in split(found)
    assert filled.cells[1] == "20"
