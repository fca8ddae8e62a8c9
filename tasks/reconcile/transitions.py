"""Transitions that an order's timeline names, and who was to hear of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from serializers.timeline.codes import Code, Note
from serializers.timeline.entry import Entry
from tasks.ledger_values import Kind as Delivered
from tasks.planning.notifications import receivers
from tasks.planning.occurrences import notified_as
from tasks.planning.rules import INGRAM_PREFIX, PlanRules
from tasks.reconcile.books import LedgerOrder, Sent

#: Entries with which notifications are made for all endpoints that want them. A repair
#: makes one for a single endpoint.
_NOTIFIES = frozenset({Code.LOOK, Code.STATUS_CHANGED, Code.CANCELLED, Code.RETURNED})


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an order of which endpoints are notified.

    Attributes:
        ms: UTC ms at which it was written, its deliveries in the same step.
        lines: keys of the lines that have moved.
        events: event types, as far as the timeline shows them.
        sent: the deliveries that were made with it.
    """

    ms: int
    lines: tuple[str, ...]
    events: frozenset[str]
    sent: tuple[Sent, ...]

    @property
    def event_ids(self) -> frozenset[str]:
        """Ids of its notifications, the same at every endpoint."""
        return frozenset(one.event_id for one in self.sent)


def steps_of(known: LedgerOrder, rules: PlanRules) -> Iterator[Step]:
    """The steps of an order that lead to notifications, oldest first."""
    made: dict[int, list[Sent]] = {}
    for one in known.sent:
        if one.kind != Delivered.LINK:
            made.setdefault(one.at_ms, []).append(one)
    for entry in known.timeline:
        if not entry.notes or entry.notes[0].code not in _NOTIFIES:
            continue
        lines, events = _moved(entry, rules)
        sent = made.get(entry.ms, ())
        if events or sent:
            yield Step(entry.ms, lines, events, tuple(sent))


def endpoints_of(known: LedgerOrder, rules: PlanRules) -> tuple[str, ...]:
    """The endpoints that the order concerns and whose settings are known here."""
    return tuple(one for one in receivers(known.order, rules) if one in rules.endpoints)


def is_wanted(step: Step, endpoint: str, rules: PlanRules) -> bool:
    """Whether an endpoint was surely to be notified of a step.

    An endpoint that chooses its events is notified of those that the timeline shows;
    any other one hears whatever another one hears.
    """
    rule = rules.endpoints[endpoint]
    if rule.events:
        return bool(step.events & rule.events)
    if step.events:
        return True
    return rule.late_facts and bool(step.sent)


def sent_to(known: LedgerOrder, endpoint: str) -> list[Sent]:
    """The notifications of the order to an endpoint."""
    destination = INGRAM_PREFIX + endpoint
    return [one for one in known.sent if one.destination == destination]


def _moved(entry: Entry, rules: PlanRules) -> tuple[tuple[str, ...], frozenset[str]]:
    """Lines that a look has moved, and the event types of what they came into."""
    head, *rest = entry.notes
    if head.code is not Code.LOOK:
        return (), frozenset()
    lines, events = list[str](), set[str]()
    for note in rest:
        if note.code in {Code.LINE_NEW, Code.LINE_MOVED}:
            lines.append(note["line"])
            events.update(_entered(note, rules))
    return tuple(lines), frozenset(events)


def _entered(note: Note, rules: PlanRules) -> Iterator[str]:
    before = note["before"] if note.code is Code.LINE_MOVED else ""
    held = distribution(before)
    for code in distribution(note["status"]):
        rule = notified_as(code, rules)
        if code not in held and rule is not None:
            yield rule.event


def distribution(text: str) -> Mapping[str, str]:
    """Statuses with their quantities from a line's distribution: `SHI 2 BOR 3`."""
    parts: Sequence[str] = text.split()
    found, code = dict[str, str](), ""
    for part in parts:
        if code and part[:1].isdigit():
            found[code], code = part, ""
        else:
            code = part
            found[code] = ""
    return found
