"""TimestampUTC in the forms that .NET would write."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.deck.timestamp import (
    DEFAULT_FORM,
    checked,
    timestamp_utc,
    verification_key,
)

MORNING = datetime(2027, 1, 5, 0, 7, 9, 50_000, tzinfo=UTC)
EVENING = datetime(2027, 11, 25, 21, 47, 39, 999_999, tzinfo=UTC)
ISO = "yyyy-MM-ddTHH:mm:ssZ"
WESTWARD = st.just(timezone(timedelta(hours=-7)))


@pytest.mark.parametrize(
    ("form", "morning", "evening"),
    [
        (DEFAULT_FORM, "1/5/2027 00:07 AM", "11/25/2027 21:47 PM"),
        (ISO, "2027-01-05T00:07:09Z", "2027-11-25T21:47:39Z"),
        ("yyyyMMddTHHmmss.fffZ", "20270105T000709.050Z", "20271125T214739.999Z"),
        ("MM/dd/yyyy hh:mm:ss tt", "01/05/2027 12:07:09 AM", "11/25/2027 09:47:39 PM"),
        ("d.M.yyyy H:m:s", "5.1.2027 0:7:9", "25.11.2027 21:47:39"),
        ("M/d/yyyy h:mm tt", "1/5/2027 12:07 AM", "11/25/2027 9:47 PM"),
    ],
)
def test_a_form_is_written_as_dotnet_writes_it(
    form: str, morning: str, evening: str
) -> None:
    assert checked(form) == form
    assert timestamp_utc(MORNING, form) == morning
    assert timestamp_utc(EVENING, form) == evening


def test_the_form_goes_into_the_key_as_well() -> None:
    # printf 'api/omsorderlinkaccount2027-01-05T00:07:09Ztest-site-api-key' | sha256sum
    key = "C7AAB85A90B45FE41EA46DAAAE68402B9F09E9E97C4C2161647BDDCA15449CCF"
    path, written = "/api/omsorderlinkaccount", timestamp_utc(MORNING, ISO)

    assert verification_key(path, written, "test-site-api-key") == key


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ("", "must hold year, month, day, hour and minute"),
        ("M/d/yyyy", "must hold year"),
        ("M/d/yyyy hh:mm", "must hold year"),
        ("n/j/Y H:i A", "n is not known"),
        ("%m/%d/%Y %H:%M %p", "% is not known"),
        ("MMM d yyyy HH:mm", "MMM is not known"),
        ("M/d/yy HH:mm tt", "yy is not known"),
        ("M/d/yyyy HH:mm zzz", "zzz is not known"),
        ("yyyy-MM-dd'T'HH:mm", "' is not known"),
        (DEFAULT_FORM + " " * 60, "at most 64"),
        ("M/d/yyyy\nHH:mm", "printable"),
        ("M/d/yyyy HH:mm\u00a0tt", "ASCII"),
    ],
)
def test_a_form_that_reports_no_minute_or_means_something_else_is_refused(
    form: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        checked(form)


@given(st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=WESTWARD))  # noqa: DTZ001 (hypothesis adds the zone)
def test_every_instant_is_written_in_utc(at: datetime) -> None:
    written = timestamp_utc(at, "yyyy-MM-dd HH:mm:ss")

    read = datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert read == at.replace(microsecond=0)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        timestamp_utc(MORNING.replace(tzinfo=None))
