"""Clock of Redis, the only one that all workers share."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import redis

#: Seconds for which a look at Redis' clock is carried on by counting.
GOOD_FOR = 30.0


class RedisClock:
    """Redis' clock, looked at now and then, and counted on in between.

    What carries a time to a partner is refused by it when the time is minutes off. A
    worker whose own clock is wrong must not make dead letters, so its wall clock is
    asked only as long as Redis has never answered.

    Args:
        client: asks for TIME; one that does not try again, since a call waits for it.
        monotonic: seconds that nobody sets.
    """

    def __init__(
        self, client: "redis.Redis", monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._monotonic = monotonic
        self._looking = threading.Lock()
        #: UTC ms and the monotonic moment at which Redis answered it.
        self._seen: tuple[float, float] | None = None
        self._look_at = -GOOD_FOR

    def now_ms(self) -> int:
        """UTC ms; never raises."""
        if self._monotonic() >= self._look_at:
            self._look()
        if self._seen is None:
            return time.time_ns() // 1_000_000
        at_ms, moment = self._seen
        return int(at_ms + (self._monotonic() - moment) * 1000)

    def now(self) -> datetime:
        """UTC; never raises."""
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    def _look(self) -> None:
        # One thread looks; the others wait only while nobody knows anything.
        if not self._looking.acquire(blocking=self._seen is None):
            return
        try:
            before = self._monotonic()
            if before < self._look_at:
                return
            seconds, micros = self._client.time()
            after = self._monotonic()
            self._seen = seconds * 1000 + micros / 1000, (before + after) / 2
            self._look_at = after + GOOD_FOR
        except redis.RedisError:
            # What was seen is counted on; the ledger's own scripts complain louder.
            self._look_at = self._monotonic() + 1.0
        finally:
            self._looking.release()
