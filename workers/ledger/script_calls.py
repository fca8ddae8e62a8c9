"""Codecs of the scripts: arguments and answers, one pair of functions per script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from redis.exceptions import ResponseError

from serializers.events.entry_fields import Fields
from serializers.formats.ids import hash_parts
from serializers.order_record import pack
from serializers.results.result import prepared
from serializers.timeline import entry
from tasks.ledger_values import (
    Admission,
    Advance,
    Begun,
    Claim,
    Delivery,
    Hint,
    Look,
    NewDelivery,
    WatchChange,
    WatchMove,
    WriteResult,
    Written,
)
from tasks.outcomes.outcome import reason_of
from tasks.planning.results import refused, refused_about
from workers.ledger import entry_letter, keys
from workers.ledger.layout.places import Place
from workers.ledger.retention import Retention
from workers.ledger.scripts import Argument, Call
from workers.ledger.stream.streams import AnyStream
from workers.redis.answers import octets, text

#: How work may start at once at a destination, and how many leases that allows: "0"
#: not at all, "1" leased, else the run that begins it.
Room = Callable[[str], tuple[str, int]]


def call_of(script: str, partition: int, arguments: Sequence[Argument]) -> Call:
    """A call whose texts are bytes already; half a surrogate pair is escaped."""
    octets = [
        a.encode(errors="backslashreplace") if isinstance(a, str) else a
        for a in arguments
    ]
    return Call(script, keys.prefix(partition), tuple(octets))


def admit(
    admission: Admission,
    place: Place,
    retention: Retention,
    room: Room,
    stream: AnyStream,
    index: Sequence[Argument] = (),
) -> Call:
    """One event; `index` is what `PurchaseOrders.index` has of its order.

    Where the script may not touch the entry's stream, its entry stays pending.
    """
    order, own = admission.order, stream.of(admission.entry)
    return call_of(
        "admit",
        place.partition,
        (
            admission.digest,
            admission.mark,
            retention.dedup,
            order.name,
            admission.version,
            pack(order),
            retention.lease,
            retention.order_retention,
            retention.delivery_retention,
            entry.encode(admission.notes),
            retention.timeline,
            admission.roster,
            source_mark(admission.source),
            admission.source,
            admission.entry,
            own.name if own.is_beside(place.partition) else "",
            own.group,
            f"{place.version}{'!' if place.is_former else ''}",
            len(admission.deliveries),
            *_deliveries(admission.deliveries, room),
            *_watches(admission.watches, room),
            admission.trace,
            prepared(admission.results),
            *index,
        ),
    )


def bury_event(
    entry: str, fields: Fields, why: str, code: str, stream: AnyStream
) -> Call:
    """An entry that cannot be admitted, in its stream's partition, else in 0."""
    told = refused(keys.event_ref(entry), entry, fields, why, code)
    kept = entry_letter.written(fields)
    own = stream.of(entry)
    place = (own.name, own.group)
    arguments = (entry, *kept, why, code, *place, told, *refused_about(fields))
    return Call("bury_event", keys.prefix(own.partition or 0), arguments)


def bury_entry(entry: str, why: str, code: str, stream: AnyStream) -> Call:
    """An entry that was not read, where it is."""
    told = refused(keys.event_ref(entry), entry, None, why, code)
    own = stream.of(entry)
    arguments = (own.name, entry, why, code, told)
    return Call("bury_entry", keys.prefix(own.partition or 0), arguments)


def source_mark(source: str) -> str:
    """Eight hexadecimal digits that stand for a source; "" for none."""
    return hash_parts(source).hex()[:8] if source else ""


def advance(
    advance: Advance, hint: Hint, run: str, retention: Retention, room: Room
) -> Call:
    """What a look saw of one order."""
    next_look = advance.next_look
    return call_of(
        "advance",
        hint.partition,
        (
            advance.claim.ref,
            advance.number,
            advance.claim.fence,
            run,
            advance.version,
            b"" if advance.order is None else pack(advance.order),
            -1 if next_look is None else int(next_look * 1000),
            retention.lease,
            retention.order_retention,
            retention.delivery_retention,
            entry.encode(advance.notes),
            retention.timeline,
            advance.roster,
            advance.seen,
            advance.asked_ms,
            len(advance.deliveries),
            *_deliveries(advance.deliveries, room),
            *_watches(advance.watches, room),
            prepared(advance.results),
            advance.trace,
        ),
    )


def _deliveries(deliveries: Sequence[NewDelivery], room: Room) -> list[Argument]:
    arguments: list[Argument] = []
    for new in deliveries:
        direct, cap = room(new.destination)
        arguments += (new.id, new.destination, new.kind, new.payload, direct, cap)
    return arguments


def _watches(changes: Sequence[WatchChange], room: Room) -> list[Argument]:
    """How many watches are moved, then each of them, for `move_watches`."""
    moved = [one for one in changes if one.move is not WatchMove.NONE]
    arguments: list[Argument] = [len(moved)]
    for one in moved:
        direct, cap = room(one.destination)
        arguments += (one.move, one.partner, one.destination, direct, cap)
    return arguments


def written(
    answer: list[Any] | Exception,
    partition: int,
    one: Admission | Advance,
    runs: Mapping[str, str],
) -> Written:
    """Read the answer of `admit` or `advance`, or what is wrong with this call.

    Args:
        answer: of the script.
        partition: of the order.
        one: what was to be written.
        runs: of the attempts that were to begin, by destination.
    """
    if isinstance(answer, ResponseError):
        return Written(WriteResult.FAULTY, fault=f"Redis refuses it: {answer}")
    if isinstance(answer, Exception):
        return Written(WriteResult.FAULTY, fault=reason_of(answer)[0])
    if answer[0] == b"merged":
        admitted = written([b"admitted", *answer[2:]], partition, one, runs)
        return replace(admitted, merged=text(answer[1]))
    verdict = WriteResult(answer[0].decode())
    if verdict is WriteResult.CONFLICT:
        return Written(verdict, seen=answer[1].decode())
    if verdict is WriteResult.STALE:
        return Written(verdict)
    more = verdict is WriteResult.ADVANCED and bool(answer.pop(1))
    leased = [
        _leased(answer[n : n + 5], partition, one, runs)
        for n in range(1, len(answer), 5)
    ]
    return Written(verdict, tuple(leased), more=more)


def _leased(
    answer: Sequence[Any],
    partition: int,
    one: Admission | Advance,
    runs: Mapping[str, str],
) -> Hint:
    """A hint; what its attempt begins with is what was written, and these answers."""
    destination, claim = answer[0].decode(), _claim(answer[1], answer[2])
    began_ms, kept = int(answer[3]), octets(answer[4])
    hint = Hint(destination, partition, (claim,))
    order = one.order
    if not began_ms or order is None:
        return hint
    since_ms = one.since_ms if isinstance(one, Admission) else one.asked_ms
    for new in one.deliveries:
        if keys.delivery_ref(new.id) == claim.ref:
            begun: Begun = Delivery(
                claim,
                1,
                order.name,
                new.kind,
                new.payload,
                int(kept or 0),
                since_ms=since_ms,
                trace=one.trace,
            )
            break
    else:
        version = one.version + 1
        begun = Look(claim, 1, order, version, began_ms, kept, one.trace)
    return replace(hint, run=runs[destination], begun=begun)


def outrun(answer: list[Any] | Exception) -> tuple[Any, Any, Any] | None:
    """Version, record and version of the roster behind a plan that is stale.

    None for another answer, and where the order cannot be read by a script.
    """
    match answer:
        case [b"stale", version, record, roster]:
            return version, record, roster
        case _:
            return None


def _claim(ref: bytes, fence: int) -> Claim:
    return Claim(ref.decode(), int(fence))
