"""Release: visits the destinations and sends hints for what is due."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import Protocol

import structlog

from tasks.concurrency import Destinations, calls_for, claim_size, room_for
from tasks.destination import Destination
from tasks.ledger_values import Hint
from workers.dispatch.partition_gates import PartitionGates
from workers.dispatch.slots import Slots
from workers.ledger.claims import Claims, DestinationWork, Ready
from workers.ledger.gates import Gates
from workers.ledger.reserves import Wish

log = structlog.get_logger()

#: Seconds to the next round when every thread of this worker is taken.
BUSY_PAUSE = 0.05

#: The same when a claim found nothing: somebody else was quicker.
BEATEN_PAUSE = 0.05

#: Turns that find nothing until destinations are put in order again. In between nothing
#: is asked but whether the moment of the next look is still the one that is known.
IDLE_TURNS = 30


class Sender(Protocol):
    """The way to the workers."""

    def send(self, hints: Sequence[Hint]) -> None:
        """Send hints; never raises."""


class Release:
    """Release's loop, one turn at a time; any number of workers may run it.

    A turn asks for those destinations alone that have waited longest for one. Each of
    them keeps its place until something was done there, or nothing can be for a while.

    Args:
        claims: what is due, and the way to lease it.
        gates: whether a destination may be called.
        hints: the way to the workers.
        destinations: limits by name.
        most_leased: how many leases are of use at a destination now, of those that a
            partition has for its own.
        longest: seconds to sleep at most.
        seconds: how long a call to a destination takes lately; where there is no
            room, some is to be expected after half of that.
        slots: the threads of this process.
        stranger: given the destination and partition of work that the settings do not
            know, at each round; the seconds for which nobody need look there.
        monotonic: seconds that nobody sets.
        apart: gates of the partitions, where there are any.
    """

    def __init__(  # noqa: PLR0913, PLR0917 (one argument per collaborator)
        self,
        claims: Claims,
        gates: Gates,
        hints: Sender,
        destinations: Destinations,
        most_leased: Callable[[str], int],
        longest: float,
        seconds: Callable[[str], float],
        slots: Slots,
        stranger: Callable[[str, int], float] = lambda _, __: 0.0,
        monotonic: Callable[[], float] = time.monotonic,
        apart: PartitionGates | None = None,
    ) -> None:
        self._claims = claims
        self._gates = gates
        self._hints = hints
        self._destinations = destinations
        self._most_leased = most_leased
        self._longest = longest
        self._seconds = seconds
        self._slots = slots
        self._stranger = stranger
        self._monotonic = monotonic
        self._apart = apart
        self._unknown: set[str] = set()
        self._rests: dict[tuple[int, str], float] = {}
        self._idle_turns = 0
        self._moments: tuple[object, ...] = ()
        self._quiet_until = 0.0

    def turn(self) -> float:
        """One round; answers the seconds to sleep before the next."""
        if not self._slots.left():
            # A thread that finishes claims for itself, or another worker does.
            return self._jittered(BUSY_PAUSE)
        if self._is_quiet():
            return max(0.0, min(self._longest, self._quiet_until - self._monotonic()))
        ordering = self._idle_turns % IDLE_TURNS == 0
        found = self._claims.ready(self._rests, ordering=ordering)
        self._note_quiet(found)
        self._rests = {}
        wishes, pauses = self._sorted_out(found.work)
        with self._claims.reserves.lent(wishes) as lent:
            pauses += [self._refused(one) for one in lent if not one.most]
            granted = self._granted([one for one in lent if one.most])
            pauses += self._claimed(granted)
        pauses += [found.seconds] if found.seconds is not None else []
        pauses += [BUSY_PAUSE] if found.more else []
        return self._jittered(min(pauses, default=self._longest))

    def _is_quiet(self) -> bool:
        """Whether a look would find nothing to do, as the last one did."""
        orders = self._idle_turns % IDLE_TURNS == 0
        if orders or self._monotonic() >= self._quiet_until:
            return False
        before, self._moments = self._moments, self._claims.moments()
        is_quiet = before == self._moments
        self._idle_turns += is_quiet
        return is_quiet

    def _note_quiet(self, found: Ready) -> None:
        """Note how long nothing is to be done if nothing new comes."""
        self._idle_turns = 0 if found.work else self._idle_turns + 1
        seconds = inf if found.seconds is None else found.seconds
        is_quiet = not (found.work or found.more)
        self._quiet_until = self._monotonic() + seconds if is_quiet else 0.0

    def _jittered(self, pause: float) -> float:
        # Jitter keeps the workers' rounds apart.
        return min(pause, self._longest) * random.uniform(0.8, 1.0)  # noqa: S311

    def _sorted_out(
        self, found: Sequence[DestinationWork]
    ) -> tuple[list[Wish], list[float]]:
        """What to claim where, and the seconds until more of the others helps."""
        wishes: list[Wish] = []
        pauses: list[float] = []
        given = 0
        for work in found:
            wish = self._wish(work, given)
            if isinstance(wish, Wish):
                wishes.append(wish)
                given += _calls(wish)
            else:
                pauses.append(wish)
        return wishes, pauses

    def _wish(self, work: DestinationWork, given: int) -> Wish | float:
        """What to claim of a destination once `given` threads are spoken for."""
        known = self._destinations.get(work.destination)
        if known is None:
            self._name_unknown(work.destination)
            self._rest(work, self._stranger(work.destination, work.partition))
            return self._longest
        own = self._most_leased(known.name)
        cap = self._cap(known, own, work)
        room, ready = room_for(cap, work.leased, work.ended), work.ended + work.due
        if min(room, ready) <= 0:
            return self._rest(work, self._until_room(known.name))
        free = min(self._slots.free(known.name), self._slots.left() - given)
        if free <= 0:
            # Where other threads are left, others come first.
            if self._slots.left() > given:
                self._rest(work, 0.0)
            return BUSY_PAUSE
        size = claim_size(known, room, ready, free)
        return Wish(known, work.partition, size, cap, work.ended, is_beyond=cap > own)

    def _cap(self, known: Destination, own: int, work: DestinationWork) -> int:
        """A partition's own leases, or more where these are taken and more are of use.

        How many more there are in fact is seen where the reserve is given of.
        """
        if room_for(own, work.leased, work.ended) > 0:
            return own
        return max(own, self._claims.reserves.most(known, self._seconds(known.name)))

    def _until_room(self, name: str) -> float:
        """Seconds until there is room at a destination that has none, as a rule."""
        return max(self._seconds(name) / 2, 0.02)

    def _refused(self, wish: Wish) -> float:
        """Nothing is left of the reserve, or another worker gives of it."""
        name = wish.destination.name
        rest = min(self._until_room(name), self._longest)
        self._rests[wish.partition, name] = rest
        return rest

    def _rest(self, work: DestinationWork, seconds: float) -> float:
        """Have nobody look at it for so long."""
        rest = min(seconds, self._longest)
        self._rests[work.partition, work.destination] = rest
        return rest

    def _granted(self, wishes: Sequence[Wish]) -> Iterator[Wish | float]:
        """What the gates allow of it, or the seconds until asking again helps."""
        allowed: list[Wish] = []
        for wish, one in zip(wishes, self._in_partitions(wishes), strict=True):
            if isinstance(one, Wish):
                allowed.append(one)
            else:
                self._rests[wish.partition, wish.destination.name] = one
                yield one
        asked = [(one.destination.name, _calls(one)) for one in allowed]
        for wish, grant in zip(allowed, self._gates.ask_each(asked), strict=True):
            if grant.calls:
                self._rests[wish.partition, wish.destination.name] = 0.0
                yield wish.of_calls(grant.calls)
            else:
                self._unused(wish)
                rest = min(max(grant.wait, 0.01), self._longest)
                self._rests[wish.partition, wish.destination.name] = rest
                yield rest

    def _in_partitions(self, wishes: Sequence[Wish]) -> Sequence[Wish | float]:
        """What the partitions' gates allow of it, where there are any."""
        return wishes if self._apart is None else self._apart.allowed(wishes)

    def _unused(self, wish: Wish) -> None:
        """What its partition has allowed does not begin."""
        if self._apart is not None:
            self._apart.unused(wish.partition)

    def _claimed(self, granted: Iterator[Wish | float]) -> Iterator[float]:
        """Claim and hint; seconds until there is more."""
        wishes: list[Wish] = []
        for one in granted:
            if isinstance(one, Wish):
                wishes.append(one)
            else:
                yield one
        for wish, hint in zip(wishes, self._claims.claim_each(wishes), strict=True):
            self._hints.send([hint])
            if not hint.claims:
                self._gates.unused(wish.destination.name)
                self._unused(wish)
            yield 0.0 if hint.claims else BEATEN_PAUSE

    def _name_unknown(self, destination: str) -> None:
        if destination not in self._unknown:
            self._unknown.add(destination)
            log.error(
                "destination_not_configured",
                destination=destination,
                why="the ledger holds work for it and the settings do not know it",
            )


def _calls(wish: Wish) -> int:
    """How many calls carry the items of a wish."""
    return calls_for(wish.destination, wish.most)
