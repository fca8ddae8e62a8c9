"""Bounds of a request: its bytes, its time, and how many a token may make."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable


class TooLargeError(ValueError):
    """A body has more bytes than allowed."""


class TooSlowError(ValueError):
    """A body has not arrived in time."""


async def body_of(
    chunks: AsyncIterator[bytes], announced: str | None, most: int, seconds: float
) -> bytes:
    """Read a body, and no more of it than is allowed.

    Args:
        chunks: of the body, as they come.
        announced: the header Content-Length, if there is one.
        most: bytes.
        seconds: within which all of it has to arrive.

    Raises:
        TooLargeError: it is announced to be larger, or is.
        TooSlowError: it did not arrive in time.
    """
    if announced is not None and announced.isdecimal() and int(announced) > most:
        raise TooLargeError
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in chunks:
                body += chunk
                if len(body) > most:
                    raise TooLargeError
    except TimeoutError:
        raise TooSlowError from None
    return bytes(body)


class Rates:
    """So many requests a minute for each token, by a bucket that fills steadily.

    Each process of the door counts for itself.

    Args:
        per_minute: requests; 0 is any number. As many may come at once.
        monotonic: seconds.
    """

    def __init__(self, per_minute: float, monotonic: Callable[[], float]) -> None:
        self._most = per_minute
        self._monotonic = monotonic
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """Take one request; seconds until one may be made, 0 where this one may."""
        if not self._most:
            return 0.0
        most, now = max(1.0, self._most), self._monotonic()
        with self._lock:
            left, then = self._left.get(name, (most, now))
            left = min(most, left + (now - then) * self._most / 60)
            self._left[name] = (left - 1 if left >= 1 else left, now)
        return 0.0 if left >= 1 else (1 - left) * 60 / self._most
