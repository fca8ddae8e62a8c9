"""Readers that wait for results: a bounded number, and one look for all of them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from serializers.events.entry_fields import position

#: Seconds between two looks for results that are waited for.
PAUSE = 0.2

#: The newest entry of each partition.
Newest = Sequence[str]


class Waiting:
    """Who waits, and what they wait for.

    However many wait, one look after the other asks Redis for the newest results of all
    partitions, so that a wait takes no thread and no connection of its own.

    Args:
        newest: looks for the newest entries.
        most: readers that may wait at a time.
    """

    def __init__(self, newest: Callable[[], Awaitable[Newest]], most: int) -> None:
        self._newest = newest
        self._most = most
        self._waiting = 0
        self._looking: asyncio.Task[Newest] | None = None

    @property
    def is_full(self) -> bool:
        """Whether nobody more may wait."""
        return self._waiting >= self._most

    async def wait(
        self,
        places: Sequence[str],
        seconds: float,
        is_gone: Callable[[], Awaitable[bool]],
    ) -> bool:
        """Wait until there is something behind these places; False where it never is.

        Args:
            places: the last entries that were read.
            seconds: to wait at most.
            is_gone: whether the reader has hung up.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        until = time.monotonic() + seconds
        self._waiting += 1
        try:
            while (left := until - time.monotonic()) > 0:
                await asyncio.sleep(min(PAUSE, left))
                if await is_gone():
                    return False
                if _is_behind(places, await self._look()):
                    return True
            return False
        finally:
            self._waiting -= 1

    async def _look(self) -> Newest:
        """What the look under way finds, or the next one."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._newest())
        # Shielded, since others wait for the same look.
        return await asyncio.shield(self._looking)


def _is_behind(places: Sequence[str], newest: Newest) -> bool:
    """Whether a partition has an entry that was not read."""
    return any(
        position(new) > position(read) for new, read in zip(newest, places, strict=True)
    )
