"""Whose a line is: to the letter for purchase orders, folded for Westcon's numbers."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.polling.attribution import Others, apart, attributed
from tests.tasks.samples import reported

#: Purchase orders of two customers that some folding or other would make one.
ALIKE = (
    "45001",
    "0045001",
    "00045001",
    "po-77a",
    "PO-77A",
    "Po-77a",
    "PO 77A",
    "PO77A",
    "\u017ftra\u00dfe",
    "STRASSE",
    "straße",
    "PO-77A\u200b",
    "\uff30\uff2f-77A",
    "Caf\u00e9",
    "Cafe\u0301",
    "1e3",
    "1000",
    "+45001",
    "45001.0",
)


@pytest.mark.parametrize("pair", list(combinations(ALIKE, 2)))
def test_similar_purchase_orders_are_never_given_each_others_lines(
    pair: tuple[str, str],
) -> None:
    one, other = (reported(customer_order_number=name) for name in pair)

    assert attributed("C", pair, (one, other)) == {pair[0]: (one,), pair[1]: (other,)}
    assert attributed("C", pair[:1], (one, other)) == {pair[0]: (one,)}
    assert attributed("C", pair[:1], (other,)) == {}
    assert attributed("C", pair, (other,)) == {pair[1]: (other,)}


@given(st.lists(st.sampled_from(ALIKE), unique=True, min_size=1), st.data())
def test_every_line_of_a_purchase_order_is_that_ones_alone(
    asked: list[str], data: st.DataObject
) -> None:
    names = data.draw(st.lists(st.sampled_from(ALIKE), max_size=8))
    lines = [
        reported(line=str(n), customer_order_number=p) for n, p in enumerate(names)
    ]

    found = attributed("C", asked, lines)

    for number, group in found.items():
        assert {line.customer_order_number for line in group} == {number}
        assert len(group) == names.count(number)


def test_blanks_around_a_purchase_order_are_padding() -> None:
    line = reported(customer_order_number="PO-7")

    assert attributed("C", ["PO-7 "], [line]) == {"PO-7 ": (line,)}


def test_a_purchase_order_asked_for_twice_has_its_lines_twice() -> None:
    line = reported(customer_order_number="PO-7")

    assert set(attributed("C", ["PO-7", "PO-7 "], [line])) == {"PO-7", "PO-7 "}


def test_the_letters_of_a_purchase_order_count_before_what_is_shown_of_it() -> None:
    line = reported(customer_order_number="PO-77A", purchase_order="PO-77A\u200b")

    assert attributed("C", ["PO-77A"], [line]) == {}
    assert attributed("C", ["PO-77A\u200b"], [line]) == {"PO-77A\u200b": (line,)}


def test_the_long_purchase_order_of_a_line_goes_before_the_short() -> None:
    line = reported(customer_order_number="PO-7", long_purchase_order="Project X")

    assert attributed("C", ["PO-7", "Project X"], [line]) == {"Project X": (line,)}
    assert attributed("C", ["PO-7"], [line]) == {"PO-7": (line,)}


def test_westcons_own_numbers_compare_without_case_and_zeros() -> None:
    line = reported(order_number="60A")

    found = attributed("W", ["00060a", "60A", "61"], [line])

    assert found == {"00060a": (line,), "60A": (line,)}


@pytest.mark.parametrize("order_type", ["W", "C"])
def test_lines_without_any_number_are_the_one_orders_that_was_asked_for(
    order_type: str,
) -> None:
    unnamed = reported(order_number="", customer_order_number="")
    named = reported(order_number="9", customer_order_number="9")

    assert attributed(order_type, ["1"], [unnamed]) == {"1": (unnamed,)}
    assert attributed(order_type, ["1"], [unnamed, named]) == {}
    assert attributed(order_type, ["1", "2"], [unnamed]) == {}


def test_others_are_named_once_each() -> None:
    lines = tuple(reported(customer_order_number=name) for name in ("A", "B", "A", ""))

    assert Others("C", "a", lines).names() == ["A", "B"]


@given(st.lists(st.sampled_from(ALIKE), unique=True))
def test_numbers_that_look_alike_are_never_in_one_group(numbers: list[str]) -> None:
    groups = apart(numbers)

    assert sorted(n for group in groups for n in group) == sorted(numbers)
    for group in groups:
        assert len({n.strip().lstrip("0").upper() for n in group}) == len(group)
        assert len({n.replace(" ", "").casefold() for n in group}) == len(group)


def test_numbers_that_differ_travel_together() -> None:
    assert apart(["PO-1", "PO-2", "po-1", "0045", "46"]) == [
        ["PO-1", "PO-2", "0045", "46"],
        ["po-1"],
    ]
    assert apart([]) == []
