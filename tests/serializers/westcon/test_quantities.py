"""Westcon's quantities: padded, signed behind, with either decimal mark."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.westcon.values import westcon_quantity

NUMBERS = st.decimals(-(10**9), 10**9, places=3)


@given(NUMBERS)
def test_a_quantity_keeps_its_value_in_every_form(number: Decimal) -> None:
    amount = abs(number)
    sign = "-" if number < 0 else ""
    grouped = f"{amount:,.3f}"
    swapped = grouped.translate(str.maketrans(",.", ".,"))
    forms = (
        f"{number:>14}",
        f"{sign}{amount}",
        f"{amount:>13}{sign}",
        f"{sign}{grouped}",
        f"{grouped}{sign}",
        f"{swapped}{sign}",
        f"{grouped.replace(',', ' ')}{sign}",
        f"{grouped.replace(',', chr(0x202F))}{sign}",
        f"{grouped.replace(',', chr(39))}{sign}",
        str(number).replace(".", ",").replace("-", "\u2212"),
    )

    read = {westcon_quantity(form) for form in forms}

    assert len(read) == 1
    assert Decimal(read.pop() or "") == number


@pytest.mark.parametrize(
    ("wire", "plain"),
    [
        ("         2.000", "2"),
        ("2.000-", "-2"),
        ("         2.000-", "-2"),
        ("2,000", "2"),
        ("1.000,00", "1000"),
        ("1,000.000", "1000"),
        ("1.000.000", "1000000"),
        ("12,345,678", "12345678"),
        ("2 000", "2000"),
        ("0.000-", "0"),
        ("+3", "3"),
        (".5", "0.5"),
        ("2.", "2"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_quantity_is_read_by_the_written_rule(wire: str, plain: str) -> None:
    assert westcon_quantity(wire) == plain


@pytest.mark.parametrize(
    "text",
    ["two", "2 EA", "1e3", "-", ".", "-2-", "1,00,000", "1.000,000.00", "1" * 41, "٣"],
)
def test_what_no_rule_reads_is_distinguished_from_nothing(text: str) -> None:
    assert westcon_quantity(text) is None


@given(st.text(max_size=40) | st.from_regex(r"[0-9.,+\- ]{0,20}", fullmatch=True))
def test_any_text_is_a_plain_decimal_nothing_or_unreadable(text: str) -> None:
    quantity = westcon_quantity(text)

    assert not quantity or Decimal(quantity).is_finite()
    assert not quantity or "e" not in quantity.lower()
