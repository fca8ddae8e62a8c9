"""Monitor of partners: pauses one for which many items in a row are given up."""

import time
from collections.abc import Callable

import redis
import structlog

from tasks.concurrency import Destinations
from tasks.outcomes.outcome import Done, GiveUp, Outcome
from tasks.planning.rules import INGRAM_PREFIX
from workers.ledger.endpoints.states import EndpointStates
from workers.ledger.endpoints.watch import SERVED_SECONDS

log = structlog.get_logger()


class PartnerEnds:
    """The partners as one worker process sees them; see `tasks.services.Ends`.

    Args:
        states: what all workers know.
        destinations: with the length of the row after which each is paused.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        states: EndpointStates,
        destinations: Destinations,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._states = states
        self._destinations = destinations
        self._clock = clock
        self._well_until: dict[str, float] = {}

    def note(self, destination: str, outcome: Outcome) -> None:
        """An item was done, or given up; never raises."""
        known = self._destinations.get(destination)
        if destination.startswith(INGRAM_PREFIX) or not (known and known.hold_after):
            return
        match outcome:
            case Done():
                self._worked(destination)
            case GiveUp(code=code):
                self._gave_up(destination, code, known.hold_after)

    def _worked(self, destination: str) -> None:
        now = self._clock()
        if now >= self._well_until.get(destination, 0.0):
            self._well_until[destination] = now + SERVED_SECONDS
            self._states.worked(destination)

    def _gave_up(self, destination: str, code: str, most: int) -> None:
        self._well_until.pop(destination, None)
        try:
            found = self._states.gave_up(destination, code, most)
            why = f"{found.given_up} in a row were given up, the last with {code}"
            # Of several that come to the end of the row at once one pauses it.
            if found.verdict != "hold" or not self._states.pause(destination, why):
                return
        except redis.RedisError:
            # The ledger's own scripts will report it louder.
            return
        log.warning("destination_paused", destination=destination, why=why)
