"""HTTP status codes as errors of a call, with Retry-After and X-RateLimit-Reset."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from tasks.outcomes.errors import PermanentError, Throttled, Unavailable
from workers.http.client import Reply

_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)
#: Who names a wait without end must not get the shortest one.
_WAIT = re.compile(r"[0-9]{1,40}(?:\.[0-9]{1,6})?", re.ASCII)
#: Ingram's table calls X-RateLimit-Reset an epoch, its prose seconds; nobody
#: asks to wait eleven days, and the epoch passed this number in 1970.
EPOCH_FROM: Final = 1e6


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return the seconds of a Retry-After; of several the most.

    A partner's server and the balancer before it may each send one, and a repeated
    header arrives joined with commas, which dates have inside as well.

    Args:
        headers: by lower-case name.
        now: our clock, aware; an HTTP date is compared with the answer's own
            Date where there is one, so that our clock need not be right.

    Returns:
        None without one, or for garbage and negative numbers; 0 for a date that
        is past. Not capped.
    """
    dates = [date for date in map(_date, _values(headers, "date")) if date is not None]
    since = min(dates, default=now)
    waits = (_seconds(value, since) for value in _values(headers, "retry-after"))
    return max((wait for wait in waits if wait is not None), default=None)


def rate_limit_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds of an X-RateLimit-Reset, be it seconds or an epoch.

    Args:
        headers: by lower-case name; of several values the latest moment counts.
        now: our clock, aware.
    """
    values = _values(headers, "x-ratelimit-reset")
    numbers = [float(value) for value in values if _SECONDS.fullmatch(value)]
    waits = (
        number if number < EPOCH_FROM else max(0.0, number - now.timestamp())
        for number in numbers
    )
    return max(waits, default=None)


def is_readable_wait(headers: Mapping[str, str]) -> bool:
    """Whether a Retry-After is read, whatever it asks for; an empty one is none."""
    value = headers.get("retry-after", "").strip()
    return not value or retry_after(headers, now=datetime.now(UTC)) is not None


def _values(headers: Mapping[str, str], name: str) -> list[str]:
    # A date comes apart at its comma too: its weekday alone is no value, and the
    # rest is still the date.
    return [part.strip() for part in headers.get(name, "").split(",")]


def _seconds(value: str, since: datetime) -> float | None:
    if _WAIT.fullmatch(value):
        return float(value)
    until = _date(value)
    return None if until is None else max(0.0, (until - since).total_seconds())


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


#: 4xx that are about the moment, not about the request.
_MOMENTARY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})


def check(reply: Reply, of_whom: str, *, now: datetime, quoted: str = "") -> None:
    """Let 2xx pass and turn any other status into an error.

    Args:
        reply: the answer.
        of_whom: the partner's name, for the message.
        now: our clock, aware; for a Retry-After that is a date.
        quoted: what the partner states about it, short and free of secrets.

    Raises:
        Throttled: 429; with the seconds asked for.
        Unavailable: 408, 425, 5xx; with the seconds asked for.
        PermanentError: 3xx, any other 4xx, and what is no status at all.
    """
    status = reply.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    what = f"{of_whom} answered {status}{quoted and f': {quoted}'}"
    code = f"http_{status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise Throttled(what, code=code, retry_after=asked_to_wait(reply, now))
    if status in _MOMENTARY or 500 <= status <= 599:  # noqa: PLR2004 - the 5xx class
        raise Unavailable(
            what, code=code, retry_after=retry_after(reply.headers, now=now)
        )
    if status < HTTPStatus.BAD_REQUEST:
        what = f"{of_whom} answered {status}, and redirects are never followed"
        what += quoted and f"; it reads: {quoted}"
    raise PermanentError(what, code=code)


def asked_to_wait(reply: Reply, now: datetime) -> float | None:
    """Return the seconds a "slow down" asks for, by either of two headers."""
    asked = retry_after(reply.headers, now=now)
    return rate_limit_reset(reply.headers, now) if asked is None else asked
