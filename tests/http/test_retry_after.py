"""How long a partner asks us to wait."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.partners.conftest import NOW
from workers.http.status import rate_limit_reset, retry_after

AT_TEN = "Fri, 20 Nov 2026 10:00:00 GMT"
AT_TEN_AND_A_HALF = "Fri, 20 Nov 2026 10:00:30 GMT"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("1.5", 1.5),
        ("1000000000", 1e9),
        (AT_TEN_AND_A_HALF, 30.0),
        ("Friday, 20-Nov-26 10:00:30 GMT", 30.0),
        ("Fri Nov 20 10:00:30 2026", 30.0),
        ("Fri, 20 Nov 2026 12:00:30 +0200", 30.0),
        ("Fri, 20 Nov 2020 10:00:00 GMT", 0.0),
        ("-1", None),
        ("+7", None),
        ("soon", None),
        ("7s", None),
        ("1e3", None),
        ("inf", None),
        ("nan", None),
        ("\u0667", None),
        ("", None),
        ("Fri, 40 Nov 2026 10:00:30 GMT", None),
        ("9" * 400, None),
    ],
)
def test_seconds_and_dates_are_read_and_garbage_is_not(
    value: str, seconds: float | None
) -> None:
    assert retry_after({"retry-after": value}, now=NOW) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30,120", 120.0),
        ("120, 30", 120.0),
        ("30, soon, 120, ", 120.0),
        ("120, 99999999999999999999", 99_999_999_999_999_999_999.0),
        ("soon, -5, 7", 7.0),
        (f"{AT_TEN_AND_A_HALF}, 7", 30.0),
        (f"7, {AT_TEN_AND_A_HALF}", 30.0),
        (f"{AT_TEN_AND_A_HALF}, {AT_TEN}", 30.0),
        (f"45, {AT_TEN_AND_A_HALF}, Friday, 20-Nov-26 10:01:00 GMT", 60.0),
        ("Fri Nov 20 10:00:30 2026, 29", 30.0),
        ("soon, later", None),
        (",,", None),
    ],
)
def test_of_several_values_the_longest_wait_counts(
    value: str, seconds: float | None
) -> None:
    assert retry_after({"retry-after": value}, now=NOW) == seconds


def test_a_date_sent_twice_undercuts_nothing() -> None:
    headers = {
        "retry-after": AT_TEN_AND_A_HALF,
        "date": f"Fri, 20 Nov 2026 10:00:29 GMT, {AT_TEN}",
    }

    assert retry_after(headers, now=NOW) == 30.0


@given(
    st.dictionaries(
        st.sampled_from(("retry-after", "date", "x-ratelimit-reset")),
        st.text(st.characters(max_codepoint=255)) | st.just(f"7, {AT_TEN}"),
    )
)
def test_any_headers_give_a_wait_or_none(headers: dict[str, str]) -> None:
    for wait in (retry_after(headers, now=NOW), rate_limit_reset(headers, NOW)):
        assert wait is None or wait >= 0.0


def test_without_the_header_there_is_no_wait() -> None:
    assert retry_after({}, now=NOW) is None
    assert rate_limit_reset({}, NOW) is None


def test_a_date_is_measured_from_the_partners_own_clock() -> None:
    headers = {"retry-after": AT_TEN_AND_A_HALF, "date": AT_TEN}

    assert retry_after(headers, now=NOW + timedelta(hours=3)) == 30.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("45", 45.0),
        ("999999", 999_999.0),
        (str(int(NOW.timestamp()) + 45), 45.0),
        (str(int(NOW.timestamp()) - 45), 0.0),
        (f"45, {int(NOW.timestamp()) + 50}", 50.0),
        ("45, 60", 60.0),
        ("-1", None),
        ("later", None),
    ],
)
def test_a_reset_is_seconds_or_an_epoch(value: str, seconds: float | None) -> None:
    assert rate_limit_reset({"x-ratelimit-reset": value}, NOW) == seconds
