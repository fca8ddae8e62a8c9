"""Calendar days in the spellings of Westcon and ERPs, as YYYY-MM-DD."""

import re
from datetime import date

# Day before month: Westcon's newer interfaces print 6/11/2024 for 6 November.
_SPELLINGS = (
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?:[T ].*)?"),
    re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})"),
)


def plain_date(text: str) -> str:
    """Write a day as YYYY-MM-DD, or "" if it is empty or no day.

    Reads yyyymmdd, yyyy-MM-dd (with or without a time) and D/M/YYYY. SAP's
    "00000000" for "not yet" is no day.
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
