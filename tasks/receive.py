"""`orders.receive`: events of the stream become orders, watches and deliveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from serializers.errors import DecodeError
from serializers.events import decode, identity, members
from serializers.events.decode import OrderEvent
from serializers.events.entry import read, too_large
from serializers.events.entry_fields import (
    Content,
    Fields,
    Oversized,
    first_entry,
    position,
)
from serializers.events.members import Unknown
from serializers.failure_cause import MALFORMED, cause_of
from serializers.timeline.codes import Code, note
from tasks.execution.attempt import caught, unreadable
from tasks.ledger_values import Admission, Held, WriteResult, Written
from tasks.outcomes.outcome import reason_of
from tasks.planning.identity import name_of
from tasks.planning.plan import plan
from tasks.planning.rules import PlanRules
from tasks.planning.watches import watch_changes
from tasks.services import Services

#: How often an event is planned anew because its order changed meanwhile, before
#: the entry is left to its next delivery.
PLANS = 10

#: Characters of a refusal's cause; one event may have many problems.
MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream entry that holds a readable event; `order` is its order's name."""

    id: str
    order: str
    event: OrderEvent
    mark: str
    fields: Fields
    unknown: tuple[Unknown, ...] = ()

    @property
    def misspelled(self) -> tuple[Unknown, ...]:
        """Its members that are nearly ours; the other unknown ones are extensions."""
        return tuple(one for one in self.unknown if one.meant)


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
    """

    counts: dict[str, int] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    merged: list[tuple[str, str, str]] = field(default_factory=list)
    misspelled: list[tuple[str, Unknown]] = field(default_factory=list)

    def finish(self, entry: str, what: str) -> None:
        self.count(what)
        self.finished.append(entry)

    def miss(self, entry: str) -> None:
        """It is not there: acknowledged by another worker meanwhile, or dropped."""
        self.count("gone")
        self.gone.append(entry)

    def leave(self, entries: Sequence[Entry]) -> None:
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

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def receive(ids: Sequence[str], services: Services) -> Received:
    """Admit the events of these stream entries, and only then acknowledge them."""
    received, left = Received(), ids
    while left:
        # What has no room in memory beside the others comes after them.
        found = services.ledger.start_entries(left)
        received.add(_received(found, services))
        left = [id_ for id_ in left if id_ not in found]
    return received


def _received(found: Mapping[str, Content], services: Services) -> Received:
    ledger, received = services.ledger, Received()
    _admit_all(_read(found, services.rules, received), services, received)
    for one in received.refused:
        _bury(one, services, received)
    ledger.acknowledge(received.finished)
    if received.gone:
        ledger.forget(received.gone)
    return received


def _bury(one: Refusal, services: Services, received: Received) -> None:
    if one.fields is not None:
        services.ledger.bury_event(one.entry, one.fields, one.why, one.code)
    elif not services.ledger.bury_entry(one.entry, one.why, one.code):
        # Dropped from the stream since its size was looked at.
        received.finished.remove(one.entry)
        received.miss(one.entry)


def _read(
    found: Mapping[str, Content], rules: PlanRules, received: Received
) -> list[Entry]:
    """The entries that hold an event, in the order of the stream."""
    waiting = []
    for id_, fields in found.items():
        if fields is None:
            received.miss(id_)
            continue
        if isinstance(fields, Oversized):
            received.refuse(id_, None, too_large(fields.size), MALFORMED)
            continue
        entry = caught(partial(_entry, id_, fields, rules))
        if isinstance(entry, Entry):
            waiting.append(entry)
            continue
        why, code = reason_of(entry)
        unread = isinstance(entry, DecodeError)
        received.refuse(id_, fields, why, MALFORMED if unread else code)
    return sorted(waiting, key=lambda entry: position(entry.id))


def _entry(id_: str, fields: Fields, rules: PlanRules) -> Entry:
    found = read(fields)
    if rules.strict_events and found.unknown:
        raise DecodeError(members.refused(found.unknown))
    order = name_of(found.event, rules)
    return Entry(id_, order, found.event, found.mark, fields, found.unknown)


def _conflict(entry: Entry, seen: str) -> str:
    """What differs from the event that was accepted before, if its mark shows it."""
    event = entry.event
    parts = ", ".join(identity.differences(entry.mark, seen))
    return (
        f"event {event.id} of {event.source} was accepted before with other content"
        f"{parts and f' in {parts}'}; give each event an id of its own"
    )


def _admit_all(waiting: list[Entry], services: Services, received: Received) -> None:
    """Admit in the order of the stream; an order's events one after the other."""
    plans = PLANS
    while waiting and plans:
        turn, later = _one_per_order(waiting)
        held = services.ledger.orders([entry.order for entry in turn])
        turn, admissions = _planned(turn, held, services, received)
        written = services.ledger.admit(admissions)
        services.hints.send([hint for answer in written for hint in answer.leased])
        stale = _sort_out(turn, written, received)
        plans -= bool(stale)
        waiting = sorted(stale + later, key=lambda entry: position(entry.id))
    received.leave(waiting)


def _planned(
    turn: list[Entry], held: list[Held], services: Services, received: Received
) -> tuple[list[Entry], list[Admission]]:
    """Plan each event on its own; whatever that raises ends this one alone.

    Events of orders whose record a newer release has written are left to it.
    """
    planned: list[tuple[Entry, Admission]] = []
    for entry, h in zip(turn, held, strict=True):
        now_ms = services.now_ms()
        if h.unreadable and not h.damaged:
            received.leave([entry])
            continue
        made = caught(partial(_admission, entry, h, services.rules, now_ms))
        if isinstance(made, Admission):
            planned.append((entry, made))
        else:
            received.refuse(entry.id, entry.fields, *reason_of(made))
    return [entry for entry, _ in planned], [made for _, made in planned]


def _one_per_order(waiting: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    seen: set[str] = set()
    turn: list[Entry] = []
    later: list[Entry] = []
    for entry in waiting:
        (later if entry.order in seen else turn).append(entry)
        seen.add(entry.order)
    return turn, later


def _sort_out(
    turn: list[Entry], written: list[Written], received: Received
) -> list[Entry]:
    """Keep what was decided; answer the entries whose order changed meanwhile."""
    stale = []
    for entry, answer in zip(turn, written, strict=True):
        match answer.verdict:
            case WriteResult.STALE:
                stale.append(entry)
            case WriteResult.CONFLICT:
                why = _conflict(entry, answer.seen)
                received.refuse(entry.id, entry.fields, why, "conflict")
            case WriteResult.NEWER:
                received.leave([entry])
            case WriteResult.FAULTY:
                received.refuse(entry.id, entry.fields, answer.fault, "record")
            case verdict:
                received.finish(entry.id, verdict.value)
        if answer.verdict is WriteResult.ADMITTED:
            received.misspelled += [(entry.order, one) for one in entry.misspelled]
        if answer.merged:
            merged = (entry.order, entry.event.source, answer.merged)
            received.merged.append(merged)
    return stale


def _admission(entry: Entry, held: Held, rules: PlanRules, now_ms: int) -> Admission:
    if held.damaged:
        raise unreadable(
            f"order {entry.order}",
            f"{held.unreadable}; `waybill explain` shows how to mend it",
        )
    event = entry.event
    dating = first_entry(entry.fields, entry.id)
    planned = plan(event, dating, held, rules, now_ms)
    return Admission(
        entry=entry.id,
        digest=decode.digest(event.source, event.id),
        mark=entry.mark,
        order=planned.order,
        version=held.version,
        watches=watch_changes(planned, event.type, rules),
        deliveries=planned.deliveries,
        notes=(
            *planned.notes,
            *(note(Code.MISSPELLED, m.path, m.meant) for m in entry.misspelled),
        ),
        roster=held.roster.version,
        source=event.source,
    )
