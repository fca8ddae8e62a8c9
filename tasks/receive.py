"""`orders.receive`: events of the stream become orders, watches and deliveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from serializers import entries, entry_fields, events
from serializers.entry_fields import Fields
from serializers.errors import DecodeError
from serializers.event_problems import cause
from serializers.events import OrderEvent
from tasks.dating import position
from tasks.fan_out import plan
from tasks.services import Services
from tasks.work import Admission, Held, Verdict, Written

#: How often an event is planned anew because its order changed meanwhile, before
#: the entry is left to its next delivery.
PLANS = 10

#: Characters of a refusal's cause; one event may have many problems.
MAX_SAID = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream entry that holds a readable event."""

    id: str
    event: OrderEvent
    fields: Fields


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that becomes a dead letter, as it was written, and why."""

    entry: str
    fields: Fields
    why: str
    code: str

    def said(self) -> str:
        """The cause by code and path, for a log line; nothing of the content."""
        return f"{self.code}: {cause(self.why)}"[:MAX_SAID]


@dataclass(slots=True)
class Received:
    """What became of the entries of one hint.

    Attributes:
        counts: how many were admitted, known already, refused, or left for later.
        refused: those that are dead letters now.
        finished: ids of those that need not come again.
    """

    counts: dict[str, int] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)

    def finish(self, entry: str, what: str) -> None:
        self.count(what)
        self.finished.append(entry)

    def refuse(self, refusal: Refusal) -> None:
        self.finish(refusal.entry, "dead")
        self.refused.append(refusal)

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def receive(ids: Sequence[str], services: Services) -> Received:
    """Admit the events of these stream entries, and only then acknowledge them."""
    ledger, received = services.ledger, Received()
    waiting = _read(ledger.entries(ids), received)
    for verdict, entry in _admit_all(waiting, services):
        _settle(verdict, entry, received)
    for one in received.refused:
        ledger.bury_event(one.entry, one.fields, one.why, one.code)
    ledger.acknowledge(received.finished)
    return received


def _read(found: Mapping[str, Fields | None], received: Received) -> list[Entry]:
    """The entries that hold an event, in the order of the stream."""
    waiting = []
    for id_, fields in found.items():
        if fields is None:
            received.finish(id_, "gone")
            continue
        try:
            waiting.append(Entry(id_, entries.decode(fields), fields))
        except DecodeError as error:
            received.refuse(Refusal(id_, fields, str(error), "malformed"))
    return sorted(waiting, key=lambda entry: position(entry.id))


def _settle(verdict: Verdict, entry: Entry, received: Received) -> None:
    match verdict:
        case Verdict.CONFLICT:
            received.refuse(Refusal(entry.id, entry.fields, _CONFLICT, "conflict"))
        case Verdict.STALE:
            received.count("left")
        case _:
            received.finish(entry.id, verdict.value)


_CONFLICT = (
    "an event with this source and id was accepted before with other content; "
    "give each event an id of its own"
)


def _admit_all(waiting: list[Entry], services: Services) -> list[tuple[Verdict, Entry]]:
    """Admit in the order of the stream; an order's events one after the other."""
    settled: list[tuple[Verdict, Entry]] = []
    plans = PLANS
    while waiting and plans:
        turn, later = _one_per_order(waiting)
        numbers = [entry.event.order_number for entry in turn]
        held = services.ledger.orders(numbers)
        turn, held = _readable(turn, held, settled)
        written = services.ledger.admit(
            [_admission(e, h, services) for e, h in zip(turn, held, strict=True)]
        )
        services.hints.send([hint for answer in written for hint in answer.leased])
        stale = _sort_out(turn, written, settled)
        plans -= bool(stale)
        waiting = sorted(stale + later, key=lambda entry: position(entry.id))
    return settled + [(Verdict.STALE, entry) for entry in waiting]


def _readable(
    turn: list[Entry], held: list[Held], settled: list[tuple[Verdict, Entry]]
) -> tuple[list[Entry], list[Held]]:
    """Leave the events of orders whose record a newer release has written."""
    pairs = list(zip(turn, held, strict=True))
    settled += [(Verdict.STALE, entry) for entry, h in pairs if h.unreadable]
    kept = [(entry, h) for entry, h in pairs if not h.unreadable]
    return [entry for entry, _ in kept], [h for _, h in kept]


def _one_per_order(waiting: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    seen: set[str] = set()
    turn: list[Entry] = []
    later: list[Entry] = []
    for entry in waiting:
        number = entry.event.order_number
        (later if number in seen else turn).append(entry)
        seen.add(number)
    return turn, later


def _sort_out(
    turn: list[Entry], written: list[Written], settled: list[tuple[Verdict, Entry]]
) -> list[Entry]:
    """Keep what was decided; answer the entries whose order changed meanwhile."""
    stale = []
    for entry, answer in zip(turn, written, strict=True):
        if answer.verdict is Verdict.STALE:
            stale.append(entry)
        else:
            settled.append((answer.verdict, entry))
    return stale


def _admission(entry: Entry, held: Held, services: Services) -> Admission:
    event = entry.event
    planned = plan(event, entry.id, held, services.rules, services.now_ms())
    return Admission(
        entry=entry.id,
        digest=events.digest(event.source, event.id),
        body_digest=events.body_digest(entry_fields.payload(entry.fields)),
        order=planned.order,
        version=held.version,
        watch=planned.watch,
        deliveries=planned.deliveries,
        line=planned.line,
    )
