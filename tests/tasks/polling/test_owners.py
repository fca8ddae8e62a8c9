"""Whose Westcon's orders are where several of the ERP's have one purchase order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.order_record import Expected, Order
from serializers.purchase_order_uses import Use, read, written
from serializers.westcon.reply import StatusLine
from tasks.planning.statuses import DEFAULT_STATUSES
from tasks.polling.owners import owners_of, with_given
from tasks.polling.ownership import Owner
from tests.tasks.fakes import START_MS
from tests.tasks.samples import line, reported

DAY_MS = 86_400_000


def erp(name: str, days: int = 0, *parts: tuple[str, str], **fields: Any) -> Order:
    """An order that was placed so many days after the first one."""
    expected = tuple(Expected(str(n), q, p) for n, (p, q) in enumerate(parts))
    placed = START_MS + days * DAY_MS
    plain = {"purchase_order": "STOCK", "placed_ms": placed, "expected": expected}
    return Order(name, **plain | fields)  # type: ignore[arg-type] # a test's own


def westcon(
    days: int, *parts: tuple[str, str], status: str = "SCH"
) -> list[StatusLine]:
    """An order of Westcon's whose status is of that day."""
    day = datetime.fromtimestamp(START_MS / 1000, UTC).date() + timedelta(days)
    return [
        reported(
            status, str(n), product_number=p, quantity=q, status_date=day.isoformat()
        )
        for n, (p, q) in enumerate(parts)
    ]


def owner(lines: list[StatusLine], *orders: Order, uses: tuple[Use, ...] = ()) -> Owner:
    named = {one.name: one for one in orders}
    found = owners_of({"7001": lines}, uses, named, DEFAULT_STATUSES)
    return found.get("7001", Owner("nobody"))


A5, A3, B5 = ("A", "5"), ("A", "3"), ("B", "5")


@pytest.mark.parametrize(
    ("why", "lines", "orders", "found"),
    [
        ("alone", westcon(0, B5), [erp("1", 0, A5)], Owner("1", "alone")),
        (
            "its part",
            westcon(0, A5),
            [erp("1", 0, B5), erp("2", 0, A5)],
            Owner("2", "lines"),
        ),
        (
            "all of it",
            westcon(0, A3),
            [erp("1", 0, A5), erp("2", 0, A3)],
            Owner("2", "lines"),
        ),
        (
            "a part of it",
            westcon(0, ("B", "2")),
            [erp("1", 0, B5), erp("2", 0, A5)],
            Owner("1", "lines"),
        ),
        (
            "it was there before",
            westcon(-1, A5),
            [erp("1"), erp("2", 2)],
            Owner("1", "days"),
        ),
        (
            "the older has its own",
            westcon(9, A5),
            [erp("1", lines=(line(),)), erp("2", 9)],
            Owner("2", "days"),
        ),
        (
            "parts of nobody's",
            westcon(0, ("X", "1")),
            [erp("1", 0, A5), erp("2", 9, B5)],
            Owner("1", "days"),
        ),
        (
            "finished before the newer",
            westcon(2, A5, status="INV"),
            [erp("1"), erp("2", 9)],
            Owner("1", "alone"),
        ),
        (
            "finished before all",
            westcon(-9, A5, status="INV"),
            [erp("1"), erp("2")],
            Owner("nobody"),
        ),
        (
            "nobody knows",
            westcon(0, A5),
            [erp("1"), erp("2")],
            Owner("", among=("1", "2")),
        ),
        (
            "both fit",
            westcon(0, A5),
            [erp("1", 0, A5), erp("2", 0, A5)],
            Owner("", among=("1", "2")),
        ),
        (
            "both have theirs",
            westcon(9, A5),
            [erp("1", lines=(line(),)), erp("2", 8, lines=(line(),))],
            Owner("", among=("1", "2")),
        ),
        (
            "that of its number",
            westcon(0, A5),
            [erp("1", westcon_number="0007001"), erp("2")],
            Owner("1"),
        ),
        (
            "it has it",
            westcon(0, A5),
            [erp("1", assigned=("7001",)), erp("2")],
            Owner("1"),
        ),
    ],
)
def test_an_order_of_westcons_is_given_by_lines_else_by_days_else_to_nobody(
    why: str, lines: list[StatusLine], orders: list[Order], found: Owner
) -> None:
    assert owner(lines, *orders) == found, why


def test_what_was_decided_stays_decided() -> None:
    uses = (Use("1", 0), Use("2", 0, ("7001",)))

    assert owner(westcon(0, A5), erp("1", 0, A5), erp("2", 0, B5), uses=uses) == Owner(
        "2"
    )


def test_two_equal_orders_at_one_time_are_given_one_each_by_their_lines() -> None:
    groups = {"7001": westcon(0, A5), "7002": westcon(0, B5)}
    orders = {"1": erp("1", 0, B5), "2": erp("2", 0, A5)}

    found = owners_of(groups, (), orders, DEFAULT_STATUSES)

    assert {n: one.order for n, one in found.items()} == {"7001": "2", "7002": "1"}


def test_what_has_come_already_is_expected_no_more() -> None:
    come = (line("INV", part="A"),)

    first = erp("1", 0, A5, lines=come)
    assert owner(westcon(0, A5), first, erp("2", 0, A5)) == Owner("2", "lines")


PARTS = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["1", "2", "5"])), max_size=2
)
ORDERS = st.lists(
    st.builds(lambda d, p: (d, p), st.integers(0, 4), PARTS), min_size=1, max_size=3
)


@given(ORDERS, st.lists(st.tuples(st.integers(-3, 5), PARTS), max_size=4), st.data())
def test_each_is_given_to_one_and_the_next_look_decides_nothing_else(
    erps: list[tuple[int, list[tuple[str, str]]]],
    westcons: list[tuple[int, list[tuple[str, str]]]],
    data: st.DataObject,
) -> None:
    orders = {str(n): erp(str(n), d, *p) for n, (d, p) in enumerate(erps)}
    groups = {
        str(7000 + n): westcon(d, *p, ("A", "1")) for n, (d, p) in enumerate(westcons)
    }
    uses = tuple(Use(name, 0) for name in orders)
    mixed = data.draw(st.permutations(list(groups)))

    found = owners_of(groups, uses, orders, DEFAULT_STATUSES)
    other = owners_of({n: groups[n] for n in mixed}, uses, orders, DEFAULT_STATUSES)
    after = with_given(uses, found)
    again = owners_of(groups, after, orders, DEFAULT_STATUSES)

    assert found == other
    given_to = [n for use in after for n in use.numbers]
    assert sorted(given_to) == sorted(n for n, one in found.items() if one.order)
    for number in given_to:
        assert again[number].order == found[number].order


NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=9)
USES = st.lists(
    st.builds(
        Use, NAMES, st.integers(0, 99_999), st.lists(NAMES, max_size=3).map(tuple)
    ),
    max_size=4,
).map(tuple)


@given(USES)
def test_who_uses_a_purchase_order_is_read_as_it_was_written(
    uses: tuple[Use, ...],
) -> None:
    assert read(written(uses)) == uses
