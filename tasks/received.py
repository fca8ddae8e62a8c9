"""Outcome of `orders.receive`: what became of the entries of one hint."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from serializers.events.entry_fields import Fields
from serializers.events.members import Unknown
from serializers.failure_cause import cause_of

#: Characters of a refusal's cause; one event may have many problems.
MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that becomes a dead letter, as it was written, and why.

    Without fields it was too large to be read, and Redis copies it.
    """

    entry: str
    fields: Fields | None
    why: str
    code: str

    def text(self) -> str:
        """The cause by code and path, for a log line; nothing of the content."""
        return cause_of(self.code, self.why)[:MAX_TEXT]


@dataclass(frozen=True, slots=True)
class Traced:
    """An event with a trace, and what became of it."""

    entry: str
    order: str
    trace: str
    verdict: str


@dataclass(slots=True)
class Received:
    """What became of the entries of one hint.

    Attributes:
        counts: how many were admitted, known already, refused, or left for later.
        refused: those that are dead letters now.
        finished: ids of those that need not come again.
        gone: ids of those that are not there any more.
        merged: orders that have an event of another source than before, with that
            event's source and the earlier one.
        misspelled: members of admitted events that are nearly ours, each with its
            event's order.
        traced: events that have a trace, as far as they could be read.
    """

    counts: dict[str, int] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    merged: list[tuple[str, str, str]] = field(default_factory=list)
    misspelled: list[tuple[str, Unknown]] = field(default_factory=list)
    traced: list[Traced] = field(default_factory=list)

    def finish(self, entry: str, what: str) -> None:
        self.count(what)
        self.finished.append(entry)

    def miss(self, entry: str) -> None:
        """It is not there: acknowledged by another worker meanwhile, or dropped."""
        self.count("gone")
        self.gone.append(entry)

    def leave(self, entries: Sequence[object]) -> None:
        """Have these come again: another worker, or this one later, can admit them."""
        for _ in entries:
            self.count("left")

    def refuse(self, entry: str, fields: Fields | None, why: str, code: str) -> None:
        self.finish(entry, "dead")
        self.refused.append(Refusal(entry, fields, why, code))

    def add(self, other: "Received") -> None:
        """Take what became of others, without the bytes of what was refused."""
        for what, n in other.counts.items():
            self.counts[what] = self.counts.get(what, 0) + n
        self.refused += [replace(one, fields=None) for one in other.refused]
        self.finished += other.finished
        self.gone += other.gone
        self.merged += other.merged
        self.misspelled += other.misspelled
        self.traced += other.traced

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
