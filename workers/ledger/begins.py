"""Starts of attempts and their ends; a start that too few replicas have is taken back.

With `WAYBILL_DURABILITY` a call is made only once its start is on the replicas: one of
them may be the primary when its outcome comes. Where they do not confirm it in time the
item is given back, and no attempt is counted.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

import structlog

from tasks.concurrency import Destinations
from tasks.execution.attempt import caught
from tasks.ledger_values import (
    Admission,
    Advance,
    Begun,
    Claim,
    Hint,
    Refused,
    Settlement,
    Written,
)
from tasks.outcomes.outcome import Later
from workers.ledger import attempt_calls, script_calls
from workers.ledger.layout.places import Places
from workers.ledger.retention import Retention
from workers.ledger.scripts import Call, Scripts

log = structlog.get_logger()

#: Seconds for which an item rests whose start too few replicas have confirmed, and for
#: which nothing else begins at its destination; then one goes first.
REST: Final = 5.0
CLOSED: Final = 15.0

UNCONFIRMED: Final = Later(
    REST,
    "too few replicas have confirmed the start (WAYBILL_DURABILITY); nothing was sent",
    "replicas",
)


class Rooms(Protocol):
    """How much may be leased, as the process that asks stands now."""

    def rooms(self, names: Iterable[str]) -> Callable[[str], tuple[bool, int]]:
        """Whether new work may be leased at once, where it is written together."""

    def most_leased(self, name: str) -> int:
        """How many leases of a partition are of use at a destination."""

    def rest(self, partition: int, seconds: float, why: str) -> None:
        """Have nothing start there for so long; then one call goes first."""

    def begins(self, partition: int) -> bool:
        """Whether what was leased in the partition may begin."""

    def leases(self, partition: int) -> bool:
        """Whether anybody but Release may lease in the partition."""

    def confirmed(self, partition: int) -> None:
        """Replicas have what began in the partition."""


class Starts(Protocol):
    """Threads of this process that go on with an item themselves."""

    def reserve(self, destination: str) -> str:
        """Keep a thread for what is leased there next: its run, "" for no thread."""

    def release(self, run: str) -> None:
        """Nothing was leased for this run, or nobody knows."""


class Runs(dict[str, str]):
    """The run of what begins as it is written, by destination; "" for a mere lease.

    Attributes:
        are_kept: whether as many replicas have it as are to have it.
    """

    are_kept = True


Write = Callable[[script_calls.Room, Runs], list[Written]]


class Begins:
    """Starts and ends of attempts; every method raises redis.RedisError."""

    def __init__(
        self,
        scripts: Scripts,
        destinations: Destinations,
        retention: Retention,
        room: Rooms,
        places: Places,
        starts: Starts | None,
    ) -> None:
        self._scripts = scripts
        self._destinations = destinations
        self._retention = retention
        self._room = room
        self._places = places
        self._starts = starts

    def begin(self, hint: Hint, claims: Sequence[Claim], run: str) -> list[Begun]:
        """Start an attempt of each claim, once per fence."""
        if hint.begun is not None:
            return [hint.begun]
        if not self._room.begins(hint.partition):
            return self._left(hint, claims)
        begin = self._begin(hint, claims, run)
        (answer,), kept = self._scripts.run_confirmed((begin,))
        if isinstance(answer, Exception):
            raise answer
        return self._counted(hint, run, attempt_calls.begun(answer, claims), kept=kept)

    def settle_and_begin(
        self, hint: Hint, settlement: Settlement, following: Claim, run: str
    ) -> Begun:
        """Record one attempt and begin the next, in one round trip."""
        if not self._room.begins(hint.partition):
            self.settle(hint, run, [settlement])
            return self._left(hint, (following,))[0]
        settle = self._settle(settlement, hint, run)
        begin = self._begin(hint, (following,), run)
        (settled, answer), kept = self._scripts.run_confirmed((settle, begin))
        _note_fault(settlement, settled)
        self._settle_where_moved(hint, run, [settlement], [settled])
        if isinstance(answer, Exception):
            raise answer
        begun = attempt_calls.begun(answer, (following,))
        return self._counted(hint, run, begun, kept=kept)[0]

    def settle(self, hint: Hint, run: str, settlements: Sequence[Settlement]) -> bool:
        """Record what became of attempts; whether more is due there now."""
        settles = [self._settle(one, hint, run) for one in settlements]
        answers = self._scripts.run_each(settles)
        for one, answer in zip(settlements, answers, strict=True):
            _note_fault(one, answer)
        self._settle_where_moved(hint, run, settlements, answers)
        return any(attempt_calls.has_more(answer) for answer in answers)

    def _settle_where_moved(
        self,
        hint: Hint,
        run: str,
        settlements: Sequence[Settlement],
        answers: Sequence[Any],
    ) -> None:
        """Settle what has moved into another partition since its lease ended."""
        gone = [
            one
            for one, answer in zip(settlements, answers, strict=True)
            if attempt_calls.is_gone(answer)
        ]
        if not gone:
            return
        # A worker that is to begin anew stops, and follows the layout no more.
        self._places.refused(())
        layout = self._places.layout
        if not layout.version:
            return
        # In a parcel it is in no partition, and its mover may have died.
        self._places.gather(hint.partition)
        for partition in range(layout.width):
            there = replace(hint, partition=partition)
            self._scripts.run_each([self._settle(one, there, run) for one in gone])

    def begun_for(
        self, some: Sequence[Admission] | Sequence[Advance], write: Write
    ) -> list[Written]:
        """Write; what comes alone begins at once where a thread is kept for it."""
        made = [new.destination for one in some for new in one.deliveries]
        moved = [watch.destination for one in some for watch in one.watches]
        has_room, runs = self._room.rooms(made + moved), Runs()
        starts = self._starts if len(some) == 1 else None

        def room(name: str) -> tuple[str, int]:
            direct, cap = has_room(name)
            if direct and starts is not None and not runs.get(name):
                runs[name] = starts.reserve(name)
            return (runs.get(name) or "1") if direct else "0", cap

        begun = set[str]()
        try:
            written = write(room, runs)
            if not runs.are_kept:
                written = [self._without_begun(one) for one in written]
            begun = {hint.run for one in written for hint in one.leased}
        finally:
            for run in runs.values():
                if run and starts is not None and run not in begun:
                    starts.release(run)
        return written

    def each(self, builds: Sequence[Callable[[], Call]], runs: Runs) -> list[Any]:
        """The answer of each call, or what is wrong with that one alone."""
        made = [caught(build) for build in builds]
        calls = [one for one in made if isinstance(one, Call)]
        if calls and any(runs.values()):
            ran, runs.are_kept = self._scripts.run_confirmed(calls)
        else:
            ran = self._scripts.run_each(calls)
        answers = iter(ran)
        return [next(answers) if isinstance(one, Call) else one for one in made]

    def _without_begun(self, written: Written) -> Written:
        """What was written, with hints alone of what has not begun."""
        for hint in written.leased:
            if hint.begun is not None:
                self._taken_back(hint, hint.run, [hint.begun])
        leased = tuple(hint for hint in written.leased if hint.begun is None)
        return replace(written, leased=leased)

    def within(self, partition: int, room: script_calls.Room) -> script_calls.Room:
        """The room for what is written in a partition: none where it rests."""
        return room if self._room.leases(partition) else lambda _: ("0", 0)

    def _left(self, hint: Hint, claims: Sequence[Claim]) -> list[Begun]:
        """Give back what was on its way when its partition came to rest."""
        self._scripts.run(attempt_calls.hand_back(hint, claims))
        return [Refused(one) for one in claims]

    def _counted(
        self, hint: Hint, run: str, begun: list[Begun], *, kept: bool
    ) -> list[Begun]:
        """What has begun, if as many replicas have it as are to have it."""
        if not kept:
            return self._taken_back(hint, run, begun)
        self._room.confirmed(hint.partition)
        return begun

    def _taken_back(self, hint: Hint, run: str, begun: Sequence[Begun]) -> list[Begun]:
        """Give back what has begun; none of it is this run's any more."""
        own = [one for one in begun if not isinstance(one, Refused)]
        items = [one.claim.ref for one in own]
        log.warning("replicas_awaited", destination=hint.destination, items=items)
        # First, so that no other item is taken meanwhile to be given back as well.
        self._room.rest(hint.partition, CLOSED, UNCONFIRMED.code)
        ends = [Settlement(one.claim, UNCONFIRMED, "") for one in own]
        # It comes back every few seconds, and would push all else out of the timeline.
        self._scripts.run_each([self._settle(e, hint, run, noted=False) for e in ends])
        back: list[Begun] = [Refused(one.claim) for one in own]
        return [*back, *(one for one in begun if isinstance(one, Refused))]

    def _begin(self, hint: Hint, claims: Sequence[Claim], run: str) -> Call:
        known = self._destinations[hint.destination]
        return attempt_calls.begin(hint, claims, run, known, self._retention)

    def _settle(
        self, one: Settlement, hint: Hint, run: str, *, noted: bool = True
    ) -> Call:
        known = self._destinations.get(hint.destination)
        holds = known is not None and known.holds
        kept = self._retention
        return attempt_calls.settle(one, hint, run, kept, holds=holds, noted=noted)


def _note_fault(settlement: Settlement, answer: object) -> None:
    """Log an outcome that its item cannot take; it comes again when its lease ends."""
    if isinstance(answer, Exception):
        ref, why = settlement.claim.ref, str(answer)
        log.error("outcome_not_recorded", item=ref, why=why)
