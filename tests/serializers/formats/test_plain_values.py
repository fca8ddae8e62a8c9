"""Quantities, days, instants, texts: many spellings outside, one inside."""

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.formats.instants import milliseconds, plain_date, rfc3339
from serializers.formats.quantities import plain_number, plain_quantity
from serializers.formats.text import printable, unpadded, without_controls


@pytest.mark.parametrize(
    ("wire", "plain"),
    [
        ("         2.000", "2"),
        ("2.50", "2.5"),
        ("0002", "2"),
        ("0.000", "0"),
        ("-0", "0"),
        ("-1.10", "-1.1"),
        ("+3", "3"),
        ("10", "10"),
        ("", ""),
        ("2,5", ""),
        ("1e3", ""),
        ("two", ""),
        ("²", ""),
        ("٣", ""),
        ("1" * 15, "1" * 15),
        ("1" * 16, ""),
        ("0" * 40 + "1", "1"),
        ("0." + "0" * 14 + "1", "0." + "0" * 14 + "1"),
        ("0." + "0" * 15 + "1", ""),
        ("1." + "0" * 400, "1"),
    ],
)
def test_a_quantity_is_a_plain_decimal_or_nothing(wire: str, plain: str) -> None:
    assert plain_quantity(wire) == plain


@given(st.decimals(-(10**9), 10**9, places=3))
def test_a_quantity_keeps_its_value_and_is_plain_the_first_time(
    number: Decimal,
) -> None:
    plain = plain_quantity(f"{number:>14}")

    assert Decimal(plain) == number
    assert plain_quantity(plain) == plain


def test_json_numbers_are_quantities_too() -> None:
    numbers = (2, 2.0, 2.5, -0.0, 1e-7, 1e14, 0.1 + 0.2, 999_999_999_999_999.9)

    plain = [plain_number(number) for number in numbers]

    assert plain[:5] == ["2", "2", "2.5", "0", "0.0000001"]
    assert plain[5:] == ["1" + "0" * 14, "0.3", "999999999999999.9"]


@pytest.mark.parametrize("number", [True, 1e15, 10**15, -1e40, 1e300, 1e-16, -1e-300])
def test_a_number_that_is_no_quantity_is_nothing(number: float) -> None:
    assert plain_number(number) == ""


@pytest.mark.parametrize(
    ("wire", "plain"),
    [
        ("20240902", "2024-09-02"),
        (" 2024-09-02 ", "2024-09-02"),
        ("2024-09-02T15:17:00", "2024-09-02"),
        ("2/9/2024", ""),
        ("13/09/2024", ""),
        ("", ""),
        ("00000000", ""),
        ("0000-00-00", ""),
        ("yyyymmdd", ""),
        ("20240230", ""),
        ("9/13/2024", ""),
        ("2024", ""),
    ],
)
def test_a_day_is_iso_or_nothing(wire: str, plain: str) -> None:
    assert plain_date(wire) == plain


@pytest.mark.parametrize(
    ("wire", "at_ms"),
    [
        ("2000-01-01T00:00:00Z", 946_684_800_000),
        ("2000-01-01T00:00:00+23:59", 946_598_460_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("2024-09-02T15:17:00.123Z", 1_725_290_220_123),
        ("2024-09-02t15:17:00.1z", 1_725_290_220_100),
        ("2024-09-02 08:17:00.1239999-07:00", 1_725_290_220_123),
        ("2024-09-02T23:47:00+08:30", 1_725_290_220_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ],
)
def test_an_instant_is_read_in_any_offset_and_precision(wire: str, at_ms: int) -> None:
    assert milliseconds(wire) == at_ms


@pytest.mark.parametrize(
    "wire",
    [
        "",
        "2024-09-02",
        "2024-09-02T15:17:00",
        "2024-02-30T15:17:00Z",
        "2024-09-02T24:00:00Z",
        "2024-09-02T15:17:00+24:00",
        "2024-09-02T15:17:00.Z",
        "2024-09-02T15:17:00Z\n",
        "9999-12-31T23:59:59-01:00",
        "9999-12-31T23:59:60Z",
        "1725290220",
    ],
)
def test_what_is_no_instant_is_refused_without_being_repeated(wire: str) -> None:
    with pytest.raises(ValueError, match=r"must (be|have|not)") as refused:
        milliseconds(wire)

    assert not wire or wire not in str(refused.value)


@given(
    st.datetimes(timezones=st.just(UTC)).filter(lambda at: 2000 < at.year < 9999),
    st.integers(-23 * 60, 23 * 60),
)
def test_an_instant_reads_as_the_standard_library_has_it(
    at: datetime, offset_minutes: int
) -> None:
    whole = at.replace(microsecond=at.microsecond // 1_000 * 1_000)
    expected = (whole - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    zone = timezone(timedelta(minutes=offset_minutes))

    assert milliseconds(whole.astimezone(zone).isoformat()) == expected
    assert milliseconds(rfc3339(expected)) == expected


#: What systems write where they have no moment: .NET, SQL Server, Delphi, SAP, MySQL,
#: Unix, and their ways of writing it.
@pytest.mark.parametrize(
    "wire",
    [
        "0000-00-00T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "0001-01-01T00:00:00",
        "1753-01-01T00:00:00.0000000Z",
        "1899-12-30T00:00:00Z",
        "1900-01-01T00:00:00-05:00",
        "1900-01-01 00:00:00",
        "1900-01-01T00:00Z",
        "1900-01-01T00:00:00+0000",
        "1900-01-01",
        "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:00:00Z",
        "1999-12-31T23:59:59Z",
        "1999-99-99T99:99:99+99:99",
    ],
)
def test_a_written_year_before_2000_is_none(wire: str) -> None:
    assert milliseconds(wire) is None


@given(st.integers() | st.integers(-(10**14), 10**15))
def test_whatever_the_ledger_holds_is_written_as_an_instant(ms: int) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", rfc3339(ms))


def test_an_instant_is_written_with_milliseconds_and_z() -> None:
    assert rfc3339(1_725_290_220_007) == "2024-09-02T15:17:00.007Z"


@pytest.mark.parametrize(
    ("padded", "plain"),
    [
        ("000010", "10"),
        ("0", "0"),
        ("000", "0"),
        ("", ""),
        (" 007 ", "7"),
        ("A0", "A0"),
    ],
)
def test_a_number_loses_what_pads_it(padded: str, plain: str) -> None:
    assert unpadded(padded) == plain


def test_a_log_line_gets_neither_line_breaks_nor_terminal_codes() -> None:
    text = "one\r\ntwo \x1b[31mred\u2028\u202eend"

    assert printable(text, 100) == r"one\r\ntwo \x1b[31mred\u2028\u202eend"
    assert without_controls(text, 100) == "one two [31mred end"


@given(st.text(), st.integers(0, 40))
def test_a_cut_text_is_printable_and_short(text: str, limit: int) -> None:
    for cut in (printable(text, limit), without_controls(text, limit)):
        assert len(cut) <= limit
        assert "\n" not in cut
        cut.encode()
