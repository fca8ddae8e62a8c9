"""One line: texts without what cannot be seen, values read or named as unreadable."""

import json
from typing import Any

import pytest

from serializers.westcon.line import StatusLine, Unread
from serializers.westcon.reply import decode_reply


def line_of(**cells: Any) -> StatusLine:
    (line,) = decode_reply(json.dumps([{"lineStatusCode": "SHI", **cells}]).encode())
    return line


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("WC-1\0", "WC-1"),
        ("\ufeffWC\u200b-1", "WC-1"),
        ("WC\u202e-1\u2069", "WC-1"),
        ("WC\r\n1", "WC  1"),
        ("WC\t1", "WC 1"),
        ("WC\u20281", "WC 1"),
        ("WC\u00a01", "WC 1"),
        ("WC\x85", "WC"),
        ("WC\ud8001", "WC?1"),
        ("WC  1", "WC  1"),
        ("Ärger-ß", "Ärger-ß"),
        ("\0\u200b", ""),
    ],
)
def test_a_product_number_loses_what_cannot_be_seen(sent: str, kept: str) -> None:
    assert line_of(eRPProductNumber=sent).product_number == kept


def test_the_numbers_that_make_a_key_lose_it_too() -> None:
    line = line_of(
        eRPOrderNumber="\0006001\u200b",
        eRPOrderLineNumber="0000\u206610\ufeff",
        lineStatusCode="in\0v",
        customerLineNumber="\x072",
    )

    assert (line.order_number, line.line_number) == ("6001", "10")
    assert (line.status, line.customer_line_number) == ("INV", "2")


def test_a_purchase_order_is_kept_to_the_letter_beside_what_is_shown_of_it() -> None:
    line = line_of(customerOrderNumber="PO-7\u200b")

    assert (line.customer_order_number, line.purchase_order) == ("PO-7", "PO-7\u200b")
    assert line_of(customerOrderNumber=" PO-7 ").purchase_order == ""


@pytest.mark.parametrize(
    ("short", "long", "exact"),
    [
        ("LONG", "LONG-0001", "LONG-0001"),
        ("LONG", "long-0001", "long-0001"),
        ("", "LONG-0001", ""),
        ("LONG", "LONG", ""),
        ("LONG", "", ""),
        ("PO-7", "Project X", ""),
    ],
)
def test_a_purchase_order_that_is_cut_is_known_by_the_whole(
    short: str, long: str, exact: str
) -> None:
    line = line_of(customerOrderNumber=short, CustomerLongPONumber=long)

    assert line.purchase_order == exact
    assert line.customer_order_number == (short or long)


def test_a_long_purchase_order_that_is_another_one_stands_beside_the_short() -> None:
    line = line_of(customerOrderNumber="PO-7", CustomerLongPONumber="Project X")

    assert line.long_purchase_order == "Project X"
    assert not line_of(
        customerOrderNumber="P", CustomerLongPONumber="PX"
    ).long_purchase_order


@pytest.mark.parametrize("field", ["lineQuantity", "statusDate", "shipDate"])
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("two\0", r"two\x00"),
        ("25 Sept", "25 Sept"),
        ({"year": 2026}, "an object"),
        ("x" * 999, "x" * 40),
    ],
)
def test_what_no_rule_reads_is_named_with_its_text(
    field: str, written: object, shown: str
) -> None:
    line = line_of(**{field: written})

    assert (line.quantity, line.ship_date, line.status_date) == ("", "", "")
    assert line.unread == (Unread(field, shown),)


@pytest.mark.parametrize("none", ["", "   ", None, "00000000", "1900-01-01", {}, []])
def test_a_date_without_a_value_is_nothing_to_speak_of(none: object) -> None:
    line = line_of(shipDate=none, statusDate=none)

    assert (line.ship_date, line.status_date, line.unread) == ("", "", ())


def test_a_return_is_negative() -> None:
    assert line_of(lineQuantity="         2.000-").quantity == "-2"
