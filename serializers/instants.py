"""Instants: RFC 3339 texts on the wire, UTC milliseconds inside."""

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_RFC_3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]{1,30}))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_LAST_SECOND = 59
_LEAP_SECOND = 60
_LAST_HOUR = 23
_LAST_MINUTE = 59


def milliseconds(text: str) -> int:
    """Read an instant, cutting what is finer than a millisecond.

    A leap second counts as the second after it, as POSIX has it.

    Raises:
        ValueError: no RFC 3339 date-time; the message does not carry the text.
    """
    match = _RFC_3339.fullmatch(text)
    if match is None:
        raise ValueError("must be an RFC 3339 date-time with an offset")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, sign, hours, minutes = match.groups()[6:]
    leap = second == _LEAP_SECOND
    at = _moment(year, month, day, hour, minute, _LAST_SECOND if leap else second)
    whole = (at - _EPOCH) // _MILLISECOND + 1_000 * leap
    return whole + _thousandths(fraction) - _offset(sign, hours, minutes)


def rfc3339(instant_ms: int) -> str:
    """Write UTC with milliseconds and Z, as "2024-09-02T15:17:00.123Z".

    Raises:
        OverflowError: outside the years 1 to 9999.
    """
    at = _EPOCH + timedelta(milliseconds=instant_ms)
    return at.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + f".{instant_ms % 1000:03}Z"


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
