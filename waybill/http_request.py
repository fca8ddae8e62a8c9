"""HTTP request of the door or its console: whose it is, and its bounded body."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

#: Where a request's scope has the name of whom it is of, for the log.
HOLDER: Final = "holder"

#: Where it has that nobody asked for it: a page renewed itself.
RENEWAL: Final = "renewal"


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
