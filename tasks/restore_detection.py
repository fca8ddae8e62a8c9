"""Comparison of the ledger's marks with earlier ones: restored, or on another clock.

Every look raises the ledger's `version`, and leaves its own under the name of who
looked. A ledger that was read from an older file, or from one that was cut, knows less
than it was seen to know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

#: Seconds by which Redis' clock may be set without anybody having to decide.
STEP = 5.0

#: Seconds of a step that is worth a line in the log.
SMALL = 1.0

#: Seconds that a server's own count of its uptime may be off.
BLUR = 2.0


class Kind(StrEnum):
    """What has happened to a ledger."""

    WENT_BACK = "went_back"
    REPLACED = "replaced"
    EMPTIED = "emptied"
    FAILED_OVER = "failed_over"
    CLOCK_BACK = "clock_back"
    CLOCK_AHEAD = "clock_ahead"
    CLOCK_STEP = "clock_step"


#: What has happened to Redis' clock, and not to the ledger.
CLOCK = frozenset({Kind.CLOCK_BACK, Kind.CLOCK_AHEAD, Kind.CLOCK_STEP})


@dataclass(frozen=True, slots=True)
class Marks:
    """How far a ledger had come when it was looked at.

    Attributes:
        epoch_ms: UTC ms at which it was made; 0 without its mark.
        version: how many looks it has had, of all workers.
        time_ms: UTC ms of Redis' clock.
        admitted: events that were admitted.
        last_entry: the newest id of the stream, "" without a stream.
        run: names this run of the server; "" where it may not be asked.
        history: names the data's history among replicas.
        accepted_ms: UTC ms at which a person accepted the ledger last, 0 for never.
    """

    epoch_ms: int = 0
    version: int = 0
    time_ms: int = 0
    admitted: int = 0
    last_entry: str = ""
    run: str = ""
    history: str = ""
    accepted_ms: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a ledger's marks.

    Attributes:
        marks: as they are now.
        before: the version before this look raised it.
        own: the version of this process's look before, as the ledger has it; None
            where it knows of none.
        highest_ms: UTC ms of the look before, whoever's; 0 for none.
        asked, answered: seconds by a clock that nobody sets, between which it was.
        up_seconds: how long the server runs; None where it may not be asked.
        former_history: of which the server was a replica before it was promoted.
    """

    marks: Marks
    before: int = 0
    own: int | None = None
    highest_ms: int = 0
    asked: float = 0.0
    answered: float = 0.0
    up_seconds: float | None = None
    former_history: str = ""

    @property
    def stepped_back_ms(self) -> int:
        """By how much Redis' clock is behind the look before; one look sees it."""
        back = self.highest_ms - self.marks.time_ms
        return back if back > STEP * 1000 else 0


@dataclass(frozen=True, slots=True)
class Known:
    """What was seen before, by this process or, kept elsewhere, by another one.

    Attributes:
        marks: as they were.
        times: between which seconds that was, by the clock of `Look`; None where it
            was another process.
    """

    marks: Marks
    times: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look has found.

    Attributes:
        kind: what has happened.
        message: a sentence for people; it holds no order's data.
        weight: how much, to compare two of one kind.
        holds: whether `hold` waits for a person: what was sent may be sent again.
        kept: whether a person has to accept it; else it stands in the log alone.
    """

    kind: Kind
    message: str
    weight: int = 0
    holds: bool = False
    kept: bool = True


def findings(known: Known | None, look: Look) -> tuple[Finding, ...]:
    """What has happened since: to the ledger, and to Redis' clock."""
    if known is not None and known.marks.accepted_ms < look.marks.accepted_ms:
        # Who was away meanwhile knows the ledger as it was before a person took it.
        known = None
    moved = known is not None and promoted(known, look)
    found = [] if known is None else list(_of_ledger(known, look, moved=moved))
    stepped = _clock(known, look)
    if stepped is not None:
        found.append(_of_clock(stepped, moved=moved))
    return tuple(found)


def promoted(known: Known, look: Look) -> bool:
    """Whether a replica has taken the former primary's place.

    It goes on with the history of the former primary, and it ran already when that was
    still seen. A server that has read a file began to run after that.
    """
    was, now = known.marks, look.marks
    if not was.run or now.run in ("", was.run) or look.up_seconds is None:
        return False
    if known.times is None or not was.history or look.former_history != was.history:
        return False
    return look.up_seconds - BLUR > look.answered - known.times[0]


def _of_ledger(known: Known, look: Look, *, moved: bool) -> Iterator[Finding]:
    was, now = known.marks, look.marks
    if was.epoch_ms != now.epoch_ms:
        if was.epoch_ms:
            yield _another(was, now)
        return
    if not _went_back(known, look):
        return
    forgotten = max(0, was.admitted - now.admitted)
    if moved:
        message = "a replica became the primary before it had everything"
        yield Finding(
            Kind.FAILED_OVER, message + _forgotten(known, look, forgotten), forgotten
        )
        return
    message = (
        "the ledger has gone back: Redis has read an older file, or one that was cut"
    )
    message += _forgotten(known, look, forgotten)
    back_ms = was.time_ms - look.highest_ms
    yield Finding(Kind.WENT_BACK, message, max(1, back_ms), holds=True)


def _another(was: Marks, now: Marks) -> Finding:
    if not now.epoch_ms:
        message = "the ledger was emptied: its mark is gone"
        return Finding(Kind.EMPTIED, message, was.admitted, holds=True)
    message = (
        f"another ledger is in Redis: made {_moment(now.epoch_ms)}, where one made"
        f" {_moment(was.epoch_ms)} was"
    )
    return Finding(Kind.REPLACED, message, was.admitted, holds=True)


def _went_back(known: Known, look: Look) -> bool:
    """Whether the ledger lacks the look that was made then.

    A worker's own mark is exact, since nobody else writes it. It is dropped when it is
    very old; then, and for marks of another process, all workers' version decides.
    """
    if known.times is not None and look.own is not None:
        return look.own < known.marks.version
    return look.before < known.marks.version


def _forgotten(known: Known, look: Look, events: int) -> str:
    was, now = known.marks, look.marks
    message = ""
    if 0 < look.highest_ms < was.time_ms:
        message = f"; it is as it was at about {_moment(look.highest_ms)}, and was seen"
        message += f" at {_moment(was.time_ms)}"
    if events:
        message += f"; events that were admitted and are not known any more: {events}"
        message += ", or more"
    if was.last_entry != now.last_entry and _older(now.last_entry, was.last_entry):
        message += f"; the stream ends with {now.last_entry or 'nothing'}, and had"
        message += f" {was.last_entry}"
    return message


def _older(one: str, other: str) -> bool:
    return _parts(one) < _parts(other)


def _parts(entry: str) -> tuple[int, ...]:
    return tuple(int(part) for part in entry.split("-") if part)


def _clock(known: Known | None, look: Look) -> float | None:
    """Seconds by which Redis' clock was set at least, below 0 for back."""
    back = (look.highest_ms - look.marks.time_ms) / 1000 if look.highest_ms else 0.0
    if known is None:
        return -back if back > SMALL else None
    passed = (look.marks.time_ms - known.marks.time_ms) / 1000
    if known.times is None:
        back = max(back, -passed)
        return -back if back > SMALL else None
    asked, answered = known.times
    # The two looks were this long apart at least, and at most.
    back = max(back, look.asked - answered - passed)
    ahead = passed - (look.answered - asked)
    if back > SMALL:
        return -back
    return ahead if ahead > SMALL else None


def _of_clock(seconds: float, *, moved: bool) -> Finding:
    by, way = abs(seconds), "back" if seconds < 0 else "ahead"
    message = f"Redis' clock was set {way} by {by:.0f} s"
    if by <= STEP:
        return Finding(Kind.CLOCK_STEP, message, kept=False)
    weight = int(by * 1000)
    if seconds > 0:
        message += ", or this worker's host stood still as long"
        return Finding(Kind.CLOCK_AHEAD, message, weight)
    return Finding(Kind.CLOCK_BACK, message, weight, holds=not moved)


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
