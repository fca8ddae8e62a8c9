"""Instants and days: RFC 3339 on the wire, UTC milliseconds inside, and none.

Where systems have no moment they write one that nobody means: 1900-01-01, 0001-01-01,
1970-01-01, 0000-00-00. A year before `FIRST_YEAR` is therefore none, for instants and
days alike.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

#: The first year that counts; an earlier one that was written is none.
FIRST_YEAR = 2000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (it prints without its offset)
_MILLISECOND = timedelta(milliseconds=1)
_DAY_MS = 86_400_000
#: The ends of what can be written: the years 1 to 9999.
_FIRST_MS = -62_135_596_800_000
_LAST_MS = 253_402_300_799_999
#: An offset may carry the first moment that counts into the day before.
_FIRST_COUNTED_MS = 946_684_800_000 - _DAY_MS

_RFC_3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]{1,30}))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
#: What stands for none needs neither a time nor an offset, nor be in the calendar.
_NONE = re.compile(
    r"[01][0-9]{3}-[0-9]{2}-[0-9]{2}"
    r"(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,30})?)?)?"
    r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
#: Of a day, as ERPs write it.
_DAYS = (
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?:[T ].*)?"),
)
_LAST_SECOND = 59
_LEAP_SECOND = 60
_LAST_HOUR = 23
_LAST_MINUTE = 59


def milliseconds(text: str) -> int | None:
    """Read an instant, cutting what is finer than a millisecond; None for none.

    A leap second counts as the second after it, as POSIX has it.

    Raises:
        ValueError: no RFC 3339 date-time, or one past the year 9999 in UTC; the
            message does not carry the text.
    """
    if _NONE.fullmatch(text):
        return None
    match = _RFC_3339.fullmatch(text)
    if match is None:
        raise ValueError("must be an RFC 3339 date-time with an offset")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, sign, hours, minutes = match.groups()[6:]
    leap = second == _LEAP_SECOND
    at = _moment(year, month, day, hour, minute, _LAST_SECOND if leap else second)
    whole = (at - _EPOCH) // _MILLISECOND + 1_000 * leap
    instant_ms = whole + _thousandths(fraction) - _offset(sign, hours, minutes)
    if instant_ms > _LAST_MS:
        raise ValueError("must not be after the year 9999 in UTC")
    return instant_ms


def is_moment(instant_ms: int) -> bool:
    """Whether a stored number can be a moment that `milliseconds` has read."""
    return _FIRST_COUNTED_MS <= instant_ms <= _LAST_MS


def midnight(day: str) -> int:
    """The first millisecond of a day, YYYY-MM-DD, in UTC; 0 for what is no day."""
    try:
        at = datetime.fromisoformat(f"{day}T00:00:00Z")
    except ValueError:
        return 0
    return (at - _EPOCH) // _MILLISECOND


# Most are a day's midnight, or when one order was placed: written again and again.
@lru_cache(maxsize=4096)
def rfc3339(instant_ms: int) -> str:
    """Write UTC with milliseconds and Z, as "2024-09-02T15:17:00.123Z".

    What lies outside the years 1 to 9999 is written as the nearest moment in them.
    """
    held = min(max(instant_ms, _FIRST_MS), _LAST_MS)
    seconds, thousandths = divmod(held, 1000)
    at = _NAIVE_EPOCH + timedelta(0, seconds)
    return f"{at.isoformat()}.{thousandths:03}Z"


def plain_date(text: str) -> str:
    """Write a day as YYYY-MM-DD, or "" if it is empty or no day.

    Reads yyyymmdd and yyyy-MM-dd, with or without a time, and nothing that has two
    readings; Westcon's days are read by `serializers.westcon.values`. "00000000"
    is no day.
    """
    stripped = text.strip()
    for spelling in _DAYS:
        if match := spelling.fullmatch(stripped):
            return _day(match)
    return ""


def _day(match: re.Match[str]) -> str:
    try:
        year, month, day = (int(match[part]) for part in ("year", "month", "day"))
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _moment(*fields: int) -> datetime:
    try:
        year, month, day, hour, minute, second = fields
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise ValueError("must be a day and a time that exist") from None


def _thousandths(fraction: str | None) -> int:
    return int((fraction or "0")[:3].ljust(3, "0"))


def _offset(sign: str | None, hours: str, minutes: str) -> int:
    if sign is None:
        return 0
    if int(hours) > _LAST_HOUR or int(minutes) > _LAST_MINUTE:
        raise ValueError("must have an offset below a day")
    offset = (int(hours) * 60 + int(minutes)) * 60_000
    return offset if sign == "+" else -offset
