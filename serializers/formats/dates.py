"""Calendar days in the spellings of ERPs, as YYYY-MM-DD."""

import re
from datetime import date

_SPELLINGS = (
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?:[T ].*)?"),
)


def plain_date(text: str) -> str:
    """Write a day as YYYY-MM-DD, or "" if it is empty or no day.

    Reads yyyymmdd and yyyy-MM-dd, with or without a time, and nothing that has two
    readings; Westcon's days are read by `serializers.westcon.values`. "00000000"
    is no day.
    """
    stripped = text.strip()
    for spelling in _SPELLINGS:
        if match := spelling.fullmatch(stripped):
            return _day(match)
    return ""


def _day(match: re.Match[str]) -> str:
    try:
        year, month, day = (int(match[part]) for part in ("year", "month", "day"))
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
