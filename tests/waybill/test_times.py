"""Times are UTC and short."""

import pytest

from waybill.console import iso, moment, span


def test_an_instant_is_written_in_utc() -> None:
    ms = 1_772_366_405_250

    assert moment(ms) == "2026-03-01 12:00:05Z"
    assert iso(ms) == "2026-03-01T12:00:05.250Z"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.4, "0 s"),
        (59, "59 s"),
        (59.6, "1 min"),
        (61, "1 min"),
        (3600, "1 h"),
        (3_700, "1 h 1 min"),
        (90_000, "1 d 1 h"),
        (86_460, "1 d"),
    ],
)
def test_a_span_is_given_in_its_two_largest_units(seconds: float, shown: str) -> None:
    assert span(seconds) == shown
