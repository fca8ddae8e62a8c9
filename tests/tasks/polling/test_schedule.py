"""The longer an order has stood still, the later it is looked at."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.polling.pace import next_look
from tests.defaults import plan_rules

RULES = replace(
    plan_rules().poll, shortest=60.0, longest=3_600.0, fraction=0.1, patience=86_400.0
)


def pause(still_seconds: float, dice: float = 0.5) -> float | None:
    return next_look(0, int(still_seconds * 1000), RULES, dice)


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
    assert next_look(5_000, 0, RULES, 0.5) == 60.0


@given(st.floats(0, 86_400), st.floats(0, 1, exclude_max=True))
def test_the_dice_move_a_look_by_a_tenth_at_most(still: float, dice: float) -> None:
    plain, moved = pause(still), pause(still, dice)

    assert plain is not None
    assert moved is not None
    assert plain * 0.9 <= moved <= plain * 1.1


def test_the_dice_spread_a_burst_of_orders() -> None:
    assert pause(0, 0.0) == pytest.approx(54.0)
    assert pause(0, 0.999) == pytest.approx(66.0, rel=0.01)
