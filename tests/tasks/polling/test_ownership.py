"""Which of Westcon's orders under one purchase order are an ERP order's own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.order_record import Order
from serializers.westcon.reply import StatusLine
from tasks.planning.statuses import DEFAULT_STATUSES
from tasks.polling.ownership import REMEMBERED, SetAside, SortedOut, sort_out
from tests.tasks.fakes import START_MS
from tests.tasks.samples import NUMBER, line, order, reported

PLACED = datetime.fromtimestamp(START_MS / 1000, UTC).date()


def day(before: int) -> str:
    """The day so many days before the order was placed."""
    return (PLACED - timedelta(days=before)).isoformat()


def sorted_out(before: Order, *lines: StatusLine) -> SortedOut:
    return sort_out(before, lines, DEFAULT_STATUSES)


def placed(**fields: Any) -> Order:
    return order(**{"purchase_order": "PO-7", "placed_ms": START_MS} | fields)


OLD = reported("INV", status_date=day(30))


@pytest.mark.parametrize("finished", ["INV", "REJ"])
def test_what_was_finished_before_the_order_was_placed_is_set_aside(
    finished: str,
) -> None:
    new = reported("SCH", order_number="61")
    old = reported(finished, status_date=day(2), ship_date=day(9))

    found = sorted_out(placed(), old, new)

    aside = SetAside(NUMBER, day(2))
    assert found == SortedOut((new,), (NUMBER,), (aside,))


@pytest.mark.parametrize(
    ("why", "before", "lines"),
    [
        ("a day may be a day off", placed(), [reported("INV", status_date=day(1))]),
        (
            "it was shipped since",
            placed(),
            [reported("INV", status_date=day(9), ship_date=day(0))],
        ),
        ("a line is open", placed(), [OLD, reported("SHI", "20", status_date=day(9))]),
        ("a line has no day", placed(), [OLD, reported("INV", "20", status_date="")]),
        ("it is taken over as it is", placed(baseline=True), [OLD]),
        ("it was reported before", placed(lines=(line("SHI"),)), [OLD]),
        ("nobody knows when it was placed", placed(placed_ms=0), [OLD]),
        ("the ERP has named it", placed(westcon_number=NUMBER), [OLD]),
        ("it names no order", placed(), [reported("INV", order_number="")]),
    ],
)
def test_an_order_is_the_erps_own_where(
    why: str, before: Order, lines: list[StatusLine]
) -> None:
    assert sorted_out(before, *lines) == SortedOut(tuple(lines), ()), why


def test_what_was_set_aside_stays_so_whatever_becomes_of_it() -> None:
    before = placed(set_aside=(NUMBER,))

    assert sorted_out(before, reported("SHI", status_date=day(-3))).own == ()


def test_a_number_used_very_often_keeps_the_record_small() -> None:
    many = [
        reported("INV", order_number=str(n), status_date=day(9)) for n in range(500)
    ]

    first = sorted_out(placed(), *many)
    again = sorted_out(placed(set_aside=first.set_aside), *many)

    assert (first.own, len(first.set_aside), len(first.news)) == ((), REMEMBERED, 500)
    assert again == SortedOut((), first.set_aside)


ANSWERS = st.lists(
    st.builds(
        lambda number, status, before, row: reported(
            status, row, order_number=number, status_date=day(before)
        ),
        st.sampled_from(["61", "62", "63"]),
        st.sampled_from(["SCH", "SHI", "INV", "REJ", "NAO"]),
        st.integers(-5, 5),
        st.sampled_from(["10", "20"]),
    ),
    max_size=8,
)


@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_an_answer_decides_nothing(
    lines: list[StatusLine], dice: Any
) -> None:
    mixed = list(lines)
    dice.shuffle(mixed)

    first, other = sorted_out(placed(), *lines), sorted_out(placed(), *mixed)

    assert set(first.set_aside) == set(other.set_aside)
    assert set(first.own) == set(other.own)


@given(st.lists(ANSWERS, min_size=1, max_size=5))
def test_a_line_is_own_or_set_aside_and_what_is_set_aside_stays(
    answers: list[list[StatusLine]],
) -> None:
    before = placed()
    for lines in answers:
        found = sorted_out(before, *lines)

        aside = {one for one in lines if one.order_number in found.set_aside}
        assert set(found.own) | aside == set(lines)
        assert not set(found.own) & aside
        assert found.set_aside[: len(before.set_aside)] == before.set_aside
        before = placed(set_aside=found.set_aside)
