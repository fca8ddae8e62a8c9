"""Reads from headers how long a partner asks us to wait."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)
#: Ingram's table calls X-RateLimit-Reset an epoch, its prose seconds; nobody
#: asks to wait eleven days, and the epoch passed this number in 1970.
EPOCH_FROM: Final = 1e6


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return the seconds of a Retry-After.

    Args:
        headers: by lower-case name.
        now: our clock, aware; an HTTP date is compared with the answer's own
            Date where there is one, so that our clock need not be right.

    Returns:
        None without one, or for garbage and negative numbers; 0 for a date that
        is past. Not capped.
    """
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    until = _date(value)
    if until is None:
        return None
    since = _date(headers.get("date", "")) or now
    return max(0.0, (until - since).total_seconds())


def rate_limit_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds of an X-RateLimit-Reset, be it seconds or an epoch.

    Args:
        headers: by lower-case name.
        now: our clock, aware.
    """
    value = headers.get("x-ratelimit-reset", "").strip()
    if not _SECONDS.fullmatch(value):
        return None
    number = float(value)
    if number < EPOCH_FROM:
        return number
    return max(0.0, number - now.timestamp())


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)
