"""Orders watched on a virtual clock: by the product's schedule, or at fixed times."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import accumulate, pairwise

from benchmarks.watching.lifetimes import Life
from tasks.planning.rules import PollRules
from tasks.polling.pace import next_look


@dataclass(frozen=True, slots=True)
class Sighting:
    """One change that was noticed.

    Attributes:
        stood: seconds for which the status before it had stood.
        delay: seconds from the change to the look that saw it.
    """

    stood: float
    delay: float


@dataclass(slots=True)
class Watching:
    """What watching all orders to their ends came to.

    Attributes:
        calls: to Westcon.
        looks: at orders; a call carries several.
        sightings: every change that was noticed.
        given_up: orders whose patience ran out.
    """

    calls: int = 0
    looks: int = 0
    sightings: list[Sighting] = field(default_factory=list)
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class Calls:
    """How looks share calls: as the ledger's script `claim` fills them.

    Attributes:
        most: orders in one call.
        soon_seconds, soon_share: as in `tasks.destination.Destination`.
    """

    most: int = 1
    soon_seconds: float = 0.0
    soon_share: float = 0.0

    @property
    def looks_ahead(self) -> bool:
        return self.soon_seconds > 0 or self.soon_share > 0


@dataclass(slots=True)
class _Order:
    life: Life
    changed_ms: int
    seen: int = 0


class Schedule:
    """The product's own decision when to look next, and its way to fill calls.

    Args:
        lives: in the order of their placing.
        rules: bounds, fraction and patience of the schedule.
        calls: how looks share calls.
        dice: for the jitter.
    """

    def __init__(
        self, lives: Sequence[Life], rules: PollRules, calls: Calls, dice: random.Random
    ) -> None:
        self._orders = [_Order(life, _ms(life.placed)) for life in lives]
        self._rules = rules
        self._calls = calls
        self._dice = dice
        self._due: list[tuple[int, int]] = []
        self._looked_ms = [0] * len(lives)
        self._seen = Watching()

    def run(self) -> Watching:
        """Watch every order to its end."""
        for n, order in enumerate(self._orders):
            placed = order.changed_ms
            while self._due and self._due[0][0] < placed:
                self._call(self._due[0][0])
            # A new order is looked at at once and alone: nobody waits for company.
            self._seen.calls += 1
            self._look(n, placed)
        while self._due:
            self._call(self._due[0][0])
        return self._seen

    def _call(self, now_ms: int) -> None:
        self._seen.calls += 1
        for n in claimed(self._due, self._looked_ms, now_ms, self._calls):
            self._look(n, now_ms)

    def _look(self, n: int, now_ms: int) -> None:
        order = self._orders[n]
        self._looked_ms[n] = now_ms
        self._seen.looks += 1
        found = sightings(order.life, order.seen, now_ms / 1000)
        if found:
            self._seen.sightings += found
            order.seen += len(found)
            order.changed_ms = now_ms
        if order.life.ends and order.seen == len(order.life.changes):
            return
        begun, dice = _ms(order.life.placed), self._dice.random()
        pause = next_look(begun, order.changed_ms, now_ms, self._rules, dice)
        if pause is None:
            self._seen.given_up += 1
        else:
            heappush(self._due, (now_ms + int(pause * 1000), n))


def claimed(
    due: list[tuple[int, int]], looked_ms: Sequence[int], now_ms: int, calls: Calls
) -> list[int]:
    """Take one call's orders off a heap, as the ledger's script `claim` does.

    Args:
        due: moment in ms and order; a heap.
        looked_ms: by order, the moment of its last look.
        now_ms: the moment of the call.
        calls: how looks share calls.
    """
    found: list[int] = []
    while due and due[0][0] <= now_ms and len(found) < calls.most:
        found.append(heappop(due)[1])
    if not found or not calls.looks_ahead:
        return found
    asked, left = 3 * (calls.most - len(found)), []
    while asked and due and len(found) < calls.most:
        asked -= 1
        due_ms, n = heappop(due)
        wait, pause = due_ms - now_ms, due_ms - looked_ms[n]
        if wait <= calls.soon_seconds * 1000 or wait <= calls.soon_share * pause:
            found.append(n)
        else:
            left.append((due_ms, n))
    for one in left:
        heappush(due, one)
    return found


def sightings(life: Life, seen: int, now: float) -> list[Sighting]:
    """The changes that a look at this moment shows, after so many seen before."""
    found: list[Sighting] = []
    while seen < len(life.changes) and life.changes[seen] <= now:
        at = life.changes[seen]
        before = life.changes[seen - 1] if seen else life.placed
        found.append(Sighting(at - before, now - at))
        seen += 1
    return found


def fixed(lives: Sequence[Life], every: float, patience: float, most: int) -> Watching:
    """Look at every order each so many seconds, `most` of them in one call.

    Alone, an order's looks begin with its placing; together, they share the clock.
    """
    seen = Watching()
    begun: list[int] = []
    ended: list[int] = []
    for life in lives:
        start = life.placed if most == 1 else 0.0
        ends, given_up = _end(life, patience)
        first, last = (math.ceil((at - start) / every) for at in (life.placed, ends))
        begun.append(first)
        ended.append(last + 1)
        seen.given_up += given_up
        for before, at in pairwise((life.placed, *life.changes)):
            tick = start + math.ceil((at - start) / every) * every
            if at <= ends:
                seen.sightings.append(Sighting(at - before, tick - at))
    seen.looks = sum(ended) - sum(begun)
    seen.calls = seen.looks if most == 1 else _shared(begun, ended, most)
    return seen


def _end(life: Life, patience: float) -> tuple[float, bool]:
    """When watching ends, and whether it does for want of patience."""
    moments = (life.placed, *life.changes)
    for before, at in pairwise(moments):
        if at - before > patience:
            return before + patience, True
    return (moments[-1], False) if life.ends else (moments[-1] + patience, True)


def _shared(begun: Sequence[int], ended: Sequence[int], most: int) -> int:
    """Calls of all ticks when the orders of one tick share them."""
    moves = [0] * (max(ended) + 1)
    for tick in begun:
        moves[tick] += 1
    for tick in ended:
        moves[tick] -= 1
    return sum(math.ceil(watched / most) for watched in accumulate(moves))


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
