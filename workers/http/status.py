"""What an HTTP status means for the future of a call, wherever it came from."""

from datetime import datetime
from http import HTTPStatus

from tasks.outcomes.errors import PermanentError, Throttled, Unavailable
from workers.http.client import Reply
from workers.http.retry_after import rate_limit_reset, retry_after

#: 4xx that say something about the moment, not about the request.
_MOMENTARY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})


def check(reply: Reply, of_whom: str, *, now: datetime, said: str = "") -> None:
    """Let 2xx pass and turn any other status into an error.

    Args:
        reply: the answer.
        of_whom: the partner's name, for the message.
        now: our clock, aware; for a Retry-After that is a date.
        said: what the partner said about it, short and free of secrets.

    Raises:
        Throttled: 429; with the seconds asked for.
        Unavailable: 408, 425, 5xx; with the seconds asked for.
        PermanentError: 3xx, any other 4xx, and what is no status at all.
    """
    status = reply.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    what = f"{of_whom} answered {status}{said and f': {said}'}"
    code = f"http_{status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise Throttled(what, code=code, retry_after=asked_to_wait(reply, now))
    if status in _MOMENTARY or 500 <= status <= 599:  # noqa: PLR2004 - the 5xx class
        raise Unavailable(
            what, code=code, retry_after=retry_after(reply.headers, now=now)
        )
    if status < HTTPStatus.BAD_REQUEST:
        what = f"{of_whom} answered {status}, and redirects are never followed"
        what += said and f"; it says: {said}"
    raise PermanentError(what, code=code)


def asked_to_wait(reply: Reply, now: datetime) -> float | None:
    """Return the seconds a "slow down" asks for, by either of two headers."""
    asked = retry_after(reply.headers, now=now)
    return rate_limit_reset(reply.headers, now) if asked is None else asked
