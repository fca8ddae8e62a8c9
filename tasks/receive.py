"""`orders.receive`: events of the stream become orders, watches and deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass

from serializers import events
from serializers.errors import DecodeError
from serializers.events import OrderEvent
from tasks.dating import position
from tasks.fan_out import plan
from tasks.services import Services
from tasks.work import Admission, Held, Verdict, Written

#: How often an event is planned anew because its order changed meanwhile, before
#: the entry is left to its next delivery.
PLANS = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream entry that holds a readable event."""

    id: str
    event: OrderEvent
    body: bytes


def receive(ids: Sequence[str], services: Services) -> dict[str, int]:
    """Admit the events of these stream entries, and only then acknowledge them.

    Returns:
        How many events were admitted, known already, refused, or left for later.
    """
    ledger = services.ledger
    bodies = ledger.entries(ids)
    counts = {"admitted": 0, "duplicate": 0, "dead": 0, "gone": 0, "left": 0}
    finished = [id_ for id_ in ids if bodies[id_] is None]
    counts["gone"] = len(finished)
    waiting = []
    for id_, body in bodies.items():
        if body is None:
            continue
        try:
            waiting.append(Entry(id_, events.decode(body), body))
        except DecodeError as error:
            ledger.bury_event(id_, body, str(error), "malformed")
            counts["dead"] += 1
            finished.append(id_)
    waiting.sort(key=lambda entry: position(entry.id))
    for verdict, entry in _admit_all(waiting, services):
        if verdict is Verdict.CONFLICT:
            ledger.bury_event(entry.id, entry.body, _CONFLICT, "conflict")
        counts[_COUNTED[verdict]] += 1
        if verdict is not Verdict.STALE:
            finished.append(entry.id)
    ledger.acknowledge(finished)
    return {name: n for name, n in counts.items() if n}


_COUNTED = {
    Verdict.ADMITTED: "admitted",
    Verdict.DUPLICATE: "duplicate",
    Verdict.CONFLICT: "dead",
    Verdict.STALE: "left",
}

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
        body_digest=events.body_digest(entry.body),
        order=planned.order,
        version=held.version,
        watch=planned.watch,
        deliveries=planned.deliveries,
        line=planned.line,
    )
