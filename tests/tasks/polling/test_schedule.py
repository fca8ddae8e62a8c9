"""The longer an order has stood still, the later it is looked at."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.polling.pace import YOUNG, next_look
from tests.defaults import plan_rules

RULES = replace(
    plan_rules().poll, shortest=60.0, longest=3_600.0, fraction=0.1, patience=86_400.0
)


def pause(still_seconds: float, dice: float = 0.5) -> float | None:
    return next_look(0, 0, int(still_seconds * 1000), RULES, dice)


@pytest.mark.parametrize(
    ("still", "seconds"),
    [(0, 60), (600, 60), (601, 60.1), (6_000, 600), (36_000, 3_600), (86_400, 3_600)],
)
def test_the_pause_is_a_fraction_of_the_standstill_within_bounds(
    still: float, seconds: float
) -> None:
    assert pause(still) == pytest.approx(seconds)


def test_patience_ends_after_its_last_second() -> None:
    assert pause(86_400) is not None
    assert pause(86_400.001) is None


def test_a_change_in_the_future_counts_as_a_change_just_now() -> None:
    assert next_look(5_000, 5_000, 0, RULES, 0.5) == 60.0


@given(st.floats(0, 86_400), st.floats(0, 1, exclude_max=True))
def test_the_dice_move_a_look_by_a_tenth_at_most(still: float, dice: float) -> None:
    plain, moved = pause(still), pause(still, dice)

    assert plain is not None
    assert moved is not None
    assert plain * 0.9 <= moved <= plain * 1.1


def test_the_dice_spread_a_burst_of_orders() -> None:
    assert pause(0, 0.0) == pytest.approx(54.0)
    assert pause(0, 0.999) == pytest.approx(66.0, rel=0.01)


HOUR_MS = 3_600_000


def test_an_order_that_has_changed_before_is_left_alone_for_a_while() -> None:
    changed = 20 * HOUR_MS

    pauses = [
        next_look(1, changed, changed + still, RULES, 0.5)
        for still in (0, HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS)
    ]

    assert pauses == [780.0, 780.0, 780.0, 1_440.0]


def test_a_young_order_that_has_changed_is_left_alone_for_a_share_of_its_age() -> None:
    assert next_look(1, 900_001, 960_001, RULES, 0.5) == 960 * YOUNG


def test_what_the_first_looks_find_is_no_change() -> None:
    assert next_look(1, 60_001, 600_001, RULES, 0.5) == 60.0


def test_no_pause_is_longer_than_the_longest() -> None:
    brief = replace(RULES, longest=100.0)

    assert next_look(1, HOUR_MS, HOUR_MS, brief, 0.5) == 100.0
