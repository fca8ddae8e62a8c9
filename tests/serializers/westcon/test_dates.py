"""Westcon's days: every form that has one reading, and a rule for the others."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.westcon.values import westcon_day

DAYS = st.dates(date(2000, 1, 1), date(9998, 12, 31))
#: How the same day is written by SAP, .NET, databases and people.
FORMS = (
    "{0:%Y%m%d}",
    "{0:%Y-%m-%d}",
    "{0:%Y/%m/%d}",
    "{0:%Y.%m.%d}",
    "{0:%d.%m.%Y}",
    "{0:%d/%m/%Y}",
    "{0:%d-%m-%Y}",
    "{0.day}/{0.month}/{0.year}",
    "  {0:%Y%m%d}  ",
    "{0:%Y-%m-%d}T10:00:00",
    "{0:%Y-%m-%d}T10:00:00.000+02:00",
    "{0:%Y-%m-%d} 10:00",
    "{0:%Y-%m-%d}Z",
    "{0:%Y-%m-%d}+02:00",
    "{0:%Y%m%d}101500",
    "{0:%Y%m%d}T101500Z",
    "{0:%d/%m/%Y} 12:00:00 AM",
)


@pytest.mark.parametrize("form", FORMS)
@given(day=DAYS)
def test_a_day_is_the_same_in_every_form(form: str, day: date) -> None:
    assert westcon_day(form.format(day)) == day.isoformat()


@given(DAYS, st.integers(0, 86_399_999), st.integers(-14 * 60, 14 * 60))
def test_nets_milliseconds_are_a_day_in_the_offset_beside_them(
    day: date, ms: int, minutes: int
) -> None:
    since = datetime(day.year, day.month, day.day, tzinfo=UTC) - datetime(
        1970, 1, 1, tzinfo=UTC
    )
    local = since // timedelta(milliseconds=1) + ms
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)

    reported = f"/Date({local - minutes * 60_000}{sign}{hours:02}{rest:02})/"

    assert westcon_day(reported) == day.isoformat()
    assert westcon_day(f"/Date({local})/") == day.isoformat()


@given(st.dates(date(2000, 1, 1), date(2999, 12, 31)).filter(lambda d: d.day > 12))
def test_the_month_may_stand_first_where_nothing_else_can_be_meant(day: date) -> None:
    assert westcon_day(f"{day:%m/%d/%Y}") == day.isoformat()


def test_the_day_stands_first_where_both_could_be_meant() -> None:
    assert westcon_day("03/04/2026") == "2026-04-03"


@pytest.mark.parametrize(
    "none",
    [
        "",
        "   ",
        "0",
        "00000000",
        "0000-00-00",
        "00.00.0000",
        "00/00/0000 00:00:00",
        "0000-00-00T00:00:00Z",
        "0000-01-01",
        "00010101",
        "0001-01-01T00:00:00",
        "1/1/0001 12:00:00 AM",
        "19000101",
        "1900-01-01",
        "01/01/1900",
        "31.12.1999",
        "/Date(-62135596800000)/",
        "/Date(0)/",
        "99991231",
        "31.12.9999",
    ],
)
def test_what_systems_write_for_none_is_none(none: str) -> None:
    assert westcon_day(none) == ""


@pytest.mark.parametrize(
    "text",
    [
        "yyyymmdd",
        "25 Sept",
        "2026",
        "20260230",
        "20261345",
        "31/02/2026",
        "13/13/2026",
        "25.09.26",
        "2026-09-25 soon",
        "12345678",
        "1769904000000",
        "/Date(soon)/",
        "/Date(999999999999999)/",
        "\uff12\uff10\uff12\uff16-09-25",
        "٢٠٢٦٠٩٢٥",
    ],
)
def test_what_no_rule_reads_is_distinguished_from_none(text: str) -> None:
    assert westcon_day(text) is None


@given(st.text(max_size=40) | st.from_regex(r"[0-9/.\- T:Z]{0,20}", fullmatch=True))
def test_any_text_is_a_day_none_or_unreadable(text: str) -> None:
    day = westcon_day(text)

    assert not day or 2000 <= date.fromisoformat(day).year < 9999
