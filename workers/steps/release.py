"""Release: goes round the destinations and sends hints for what is due."""

import random
from collections.abc import Callable, Sequence
from math import ceil
from typing import Protocol

import structlog

from tasks.work import Hint
from workers.ledger.claims import Claims, Work
from workers.ledger.destinations import Destinations
from workers.ledger.gates import Gates
from workers.slots import Slots

log = structlog.get_logger()

#: Seconds to the next round when every thread of this worker is taken.
BUSY_PAUSE = 0.05


class Sender(Protocol):
    """The way to the workers."""

    def send(self, hints: Sequence[Hint]) -> None:
        """Send hints; never raises."""


class Release:
    """Release's loop, one turn at a time; any number of workers may run it.

    Args:
        claims: what is due, and the way to lease it.
        gates: whether a destination may be called.
        hints: the way to the workers.
        destinations: limits by name.
        longest: seconds to sleep at most.
        seconds: how long a call to a destination takes lately; where there is no
            room, some is to be expected after half of that.
        slots: the threads of this process.
    """

    def __init__(  # noqa: PLR0913, PLR0917 (one argument per collaborator)
        self,
        claims: Claims,
        gates: Gates,
        hints: Sender,
        destinations: Destinations,
        longest: float,
        seconds: Callable[[str], float],
        slots: Slots,
    ) -> None:
        self._claims = claims
        self._gates = gates
        self._hints = hints
        self._destinations = destinations
        self._longest = longest
        self._seconds = seconds
        self._slots = slots
        self._unknown: set[str] = set()

    def turn(self) -> float:
        """One round; answers the seconds to sleep before the next."""
        pauses = [self._released(work) for work in self._claims.work()]
        pause = min(pauses, default=self._longest)
        # Jitter keeps the workers' rounds apart.
        return min(pause, self._longest) * random.uniform(0.8, 1.0)  # noqa: S311

    def _released(self, work: Work) -> float:
        """Hint at what one destination may do now; seconds until there is more."""
        known = self._destinations.get(work.destination)
        if known is None:
            self._name_unknown(work.destination)
            return self._longest
        cap = self._destinations.most_leased(known.name)
        # A lease that has ended takes no room, however many there are: whoever held
        # it is gone, and the items would wait for ever behind one another.
        room = cap - (work.leased - work.ended)
        ready = min(room, work.ended + work.due)
        if ready <= 0:
            return self._until_more(work, room)
        free = self._slots.free(known.name)
        if not free:
            # A thread that finishes claims for itself, or another worker does.
            return BUSY_PAUSE
        calls = min(free, ceil(ready / known.per_call))
        most = min(room, calls * known.per_call)
        grant = self._gates.ask(known.name, ceil(most / known.per_call))
        if not grant.calls:
            return max(grant.wait, 0.01)
        most = min(most, grant.calls * known.per_call)
        hint = self._claims.claim(known, work.partition, most, cap)
        self._hints.send([hint])
        if not hint.claims:
            self._gates.unused(known.name)
            return 0.05
        return 0.0

    def _until_more(self, work: Work, room: int) -> float:
        if room <= 0 and (work.due or work.ended):
            return min(max(self._seconds(work.destination) / 2, 0.02), self._longest)
        moments = [ms for ms in (work.ended_ms, work.due_ms) if ms is not None]
        return min(moments, default=0) / 1000 + 0.001

    def _name_unknown(self, destination: str) -> None:
        if destination not in self._unknown:
            self._unknown.add(destination)
            log.error(
                "destination_not_configured",
                destination=destination,
                why="the ledger holds work for it and the settings do not know it",
            )
