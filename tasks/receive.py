"""`orders.receive`: events of the stream become orders, watches and deliveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from serializers.errors import DecodeError
from serializers.events import decode, identity, members
from serializers.events.decode import EventType, OrderEvent
from serializers.events.entry import read, too_large
from serializers.events.entry_fields import (
    Content,
    Fields,
    Oversized,
    first_entry,
    position,
)
from serializers.events.members import Unknown
from serializers.failure_cause import MALFORMED
from serializers.timeline.codes import Code, note
from tasks.execution.attempt import caught, unreadable
from tasks.ledger_values import Admission, Held, WriteResult, Written
from tasks.outcomes.outcome import reason_of
from tasks.planning.identity import name_of
from tasks.planning.plan import plan
from tasks.planning.results import of_event
from tasks.planning.rules import PlanRules
from tasks.planning.watches import watch_changes
from tasks.received import Received, Refusal, Traced
from tasks.services import Ledger, Services
from tasks.starting import start

#: How often an event is planned anew because its order changed meanwhile, before
#: the entry is left to its next delivery.
PLANS = 10

#: An entry that came in earlier than this has an id of somebody's own; `deliveries.lua`
#: has the same bound.
LONGEST_WAIT_MS = 30 * 86_400_000


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


def receive(
    ids: Sequence[str], services: Services, begun: Mapping[str, Content] | None = None
) -> Received:
    """Admit the events of these stream entries, and only then acknowledge them.

    Args:
        ids: of the entries.
        services: what acts.
        begun: what those hold that were started with their reading.
    """
    received = Received()
    start(
        ids,
        begun or {},
        services,
        lambda found: received.add(_received(found, services)),
    )
    return received


def _received(found: Mapping[str, Content], services: Services) -> Received:
    """Admit what can be; `admit` and `bury_event` acknowledge what they write down."""
    ledger, received = services.ledger, Received()
    _admit_all(_read(found, services.rules, received), services, received)
    for one in received.refused:
        _bury(one, services, received)
    if received.gone:
        ledger.forget(received.gone)
    return received


def _bury(one: Refusal, services: Services, received: Received) -> None:
    ledger = services.ledger
    if one.fields is not None:
        ledger.bury_event(one.entry, one.fields, one.why, one.code)
    elif ledger.bury_entry(one.entry, one.why, one.code):
        ledger.acknowledge([one.entry])
    else:
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
    plans, known = PLANS, Known()
    while waiting and plans:
        turn, later = _one_per_order(waiting)
        planned, unplanned = _planned(turn, known, services, received)
        written = services.ledger.admit([made for _, made in planned])
        services.hints.send([hint for answer in written for hint in answer.leased])
        stale = _sort_out([entry for entry, _ in planned], written, known, received)
        plans -= bool(stale)
        again = [*unplanned, *stale, *later]
        waiting = sorted(again, key=lambda entry: position(entry.id))
    received.leave(waiting)


@dataclass(slots=True)
class Known:
    """What is known of the orders of entries, by entry.

    An event that places an order most often makes it: it is planned on the supposition
    that nobody knows the order. Where that is wrong, `admit` answers with the order.

    Attributes:
        found: each entry's order as it was answered, None where it has to be asked for.
    """

    found: dict[str, Held | None] = field(default_factory=dict)

    def is_supposed(self, entry: Entry) -> bool:
        return entry.event.type is EventType.PLACED and entry.id not in self.found

    def orders(self, turn: Sequence[Entry], ledger: Ledger) -> list[Held]:
        """The order of each entry; one round trip for those to be asked for."""
        asked = [one for one in turn if not self.is_supposed(one)]
        unknown = [one for one in asked if not self.found.get(one.id)]
        held = ledger.orders([one.order for one in unknown]) if unknown else []
        answers = dict(zip((one.id for one in unknown), held, strict=True))
        return [
            self.found.get(one.id)
            or answers.get(one.id)
            or ledger.supposed_new(one.order)
            for one in turn
        ]


def _planned(
    turn: list[Entry], known: Known, services: Services, received: Received
) -> tuple[list[tuple[Entry, Admission]], list[Entry]]:
    """Plan each event on its own; whatever that raises ends this one alone.

    Events of orders whose record a newer release has written are left to it. What was
    raised on a supposition decides nothing: those entries are the second answer.
    """
    planned: list[tuple[Entry, Admission]] = []
    unplanned: list[Entry] = []
    for entry, h in zip(turn, known.orders(turn, services.ledger), strict=True):
        now_ms = services.now_ms()
        if h.unreadable and not h.damaged:
            received.leave([entry])
            continue
        made = caught(partial(_admission, entry, h, services, now_ms))
        if isinstance(made, Admission):
            planned.append((entry, made))
        elif known.is_supposed(entry):
            known.found[entry.id] = None
            unplanned.append(entry)
        else:
            received.refuse(entry.id, entry.fields, *reason_of(made))
    return planned, unplanned


def _one_per_order(waiting: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    seen: set[str] = set()
    turn: list[Entry] = []
    later: list[Entry] = []
    for entry in waiting:
        (later if entry.order in seen else turn).append(entry)
        seen.add(entry.order)
    return turn, later


def _sort_out(
    turn: list[Entry], written: list[Written], known: Known, received: Received
) -> list[Entry]:
    """Keep what was decided; answer the entries whose order is another by now."""
    stale = []
    for entry, answer in zip(turn, written, strict=True):
        supposed, known.found[entry.id] = known.is_supposed(entry), answer.held
        match answer.verdict:
            case WriteResult.STALE:
                stale.append(entry)
            case WriteResult.FAULTY if supposed:
                # What reading the order shows is more than what writing it does.
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
        if entry.event.traceparent:
            trace, became = entry.event.traceparent, answer.verdict.value
            received.traced.append(Traced(entry.id, entry.order, trace, became))
        if answer.verdict is WriteResult.ADMITTED:
            received.misspelled += [(entry.order, one) for one in entry.misspelled]
        if answer.merged:
            merged = (entry.order, entry.event.source, answer.merged)
            received.merged.append(merged)
    return stale


def _since_ms(entry: str, now_ms: int) -> int:
    """When an entry came in; its id may be anybody's, and then shows nothing."""
    ms = position(entry)[0]
    return ms if now_ms - LONGEST_WAIT_MS < ms <= now_ms else now_ms


def _admission(entry: Entry, held: Held, services: Services, now_ms: int) -> Admission:
    if held.damaged:
        raise unreadable(
            f"order {entry.order}",
            f"{held.unreadable}; `waybill explain` shows how to mend it",
        )
    event, rules = entry.event, services.rules
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
        trace=services.span_of(event.traceparent, f"event:{entry.id}"),
        since_ms=_since_ms(entry.id, now_ms),
        results=of_event(event, entry.id, held.order, planned.order, rules),
    )
