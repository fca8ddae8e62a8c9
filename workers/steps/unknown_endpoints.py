"""Expiry of work that waits too long for an endpoint that no living worker knows."""

import time
from collections.abc import Callable, Collection

import structlog

from tasks.planning.rules import INGRAM_PREFIX
from workers.ledger.endpoints.unknown import AT_ONCE, UnknownEndpoints

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
        self._looked: dict[tuple[str, int], tuple[float, float]] = {}

    def look(self, destination: str, partition: int) -> float:
        """Give up what is old enough; raises redis.RedisError.

        Answers the seconds for which nobody need look at what is left there: of names
        that nobody knows there may be thousands, and none holds up the others' work.
        """
        place, now = (destination, partition), self._clock()
        if not destination.startswith(INGRAM_PREFIX):
            return 0.0
        until, rest = self._looked.get(place, (now, 0.0))
        if now < until:
            return rest
        name = destination.removeprefix(INGRAM_PREFIX)
        rest = LOOK_SECONDS if self._unknown([name]) else 0.0
        if rest and self._given_up(name, partition) == AT_ONCE:
            # There may be more, which the next turn looks for.
            return 0.0
        self._looked[place] = now + LOOK_SECONDS, rest
        return rest

    def _given_up(self, name: str, partition: int) -> int:
        if not self._after_ms:
            return 0
        given_up = self._endpoints.give_up(name, partition, self._after_ms)
        if given_up:
            log.error("unknown_endpoint", endpoint=name, given_up=given_up)
        return given_up
