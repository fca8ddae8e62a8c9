"""Gives up what has waited too long for an endpoint that no living worker knows."""

import time
from collections.abc import Callable, Collection

import structlog

from tasks.plan_rules import INGRAM_PREFIX
from workers.ledger.unknown_endpoints import AT_ONCE, UnknownEndpoints

log = structlog.get_logger()

#: Seconds between two looks at what waits for one endpoint.
LOOK_SECONDS = 5.0


class GiveUpUnknown:
    """What Release does with a destination that its own settings do not have.

    Args:
        unknown: those of some names that no living worker knows.
        endpoints: what waits for them.
        after: seconds since a delivery was made after which it is given up, 0: never.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        unknown: Callable[[Collection[str]], Collection[str]],
        endpoints: UnknownEndpoints,
        after: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._unknown = unknown
        self._endpoints = endpoints
        self._after_ms = int(after * 1000)
        self._clock = clock
        self._next: dict[tuple[str, int], float] = {}

    def look(self, destination: str, partition: int) -> None:
        """Give up what is old enough; raises redis.RedisError."""
        place, now = (destination, partition), self._clock()
        if not self._after_ms or not destination.startswith(INGRAM_PREFIX):
            return
        if now < self._next.get(place, now):
            return
        self._next[place] = now + LOOK_SECONDS
        name = destination.removeprefix(INGRAM_PREFIX)
        if not self._unknown([name]):
            return
        given_up = self._endpoints.give_up(name, partition, self._after_ms)
        if given_up:
            log.error("unknown_endpoint", endpoint=name, given_up=given_up)
        if given_up == AT_ONCE:
            # There may be more, which the next turn looks for.
            self._next.pop(place)
