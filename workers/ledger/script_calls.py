"""Codecs of the scripts: arguments and answers, one pair of functions per script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from redis.exceptions import ResponseError

from serializers.formats.ids import hash_parts
from serializers.order_record import pack, unpack
from serializers.timeline import entry
from serializers.timeline.codes import Code, Note
from tasks.destination import Destination
from tasks.execution.attempt import caught
from tasks.ledger_values import (
    Admission,
    Advance,
    Begun,
    Claim,
    Delivery,
    Hint,
    Kind,
    Look,
    NewDelivery,
    Refused,
    Settlement,
    Unreadable,
    WatchChange,
    WatchMove,
    WriteResult,
    Written,
)
from tasks.outcomes.outcome import (
    Again,
    Done,
    GiveUp,
    Later,
    Outcome,
    cause_of,
    reason_of,
)
from workers.ledger import keys
from workers.ledger.retention import Retention
from workers.ledger.scripts import Argument, Call
from workers.ledger.stream.reader import Stream
from workers.redis.answers import octets, text

_CODES = {
    "done": Code.DONE,
    "again": Code.AGAIN,
    "later": Code.LATER,
    "give_up": Code.GIVEN_UP,
}

#: How work may start at once at a destination, and how many leases that allows: "0"
#: not at all, "1" leased, else the run that begins it.
Room = Callable[[str], tuple[str, int]]


def _call(script: str, partition: int, arguments: Sequence[Argument]) -> Call:
    """A call whose texts are bytes already; half a surrogate pair is escaped."""
    octets = [
        a.encode(errors="backslashreplace") if isinstance(a, str) else a
        for a in arguments
    ]
    return Call(script, keys.prefix(partition), tuple(octets))


def admit(
    admission: Admission,
    partition: int,
    retention: Retention,
    room: Room,
    stream: Stream,
) -> Call:
    """One event."""
    order = admission.order
    return _call(
        "admit",
        partition,
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
            stream.name,
            stream.group,
            len(admission.deliveries),
            *_deliveries(admission.deliveries, room),
            *_watches(admission.watches, room),
        ),
    )


def source_mark(source: str) -> str:
    """Eight hexadecimal digits that stand for a source; "" for none."""
    return hash_parts(source).hex()[:8] if source else ""


def advance(
    advance: Advance, hint: Hint, run: str, retention: Retention, room: Room
) -> Call:
    """What a look saw of one order."""
    next_look = advance.next_look
    return _call(
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
    for new in one.deliveries:
        if keys.delivery_ref(new.id) == claim.ref:
            begun: Begun = Delivery(
                claim, 1, order.name, new.kind, new.payload, int(kept or 0)
            )
            break
    else:
        begun = Look(claim, 1, order, one.version + 1, began_ms, kept)
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


def begin(
    hint: Hint,
    claims: Sequence[Claim],
    run: str,
    known: Destination,
    retention: Retention,
) -> Call:
    """Start an attempt of each claim, as many as the destination allows."""
    pairs = (part for claim in claims for part in (claim.ref, claim.fence))
    most, holds = known.retry.attempts, int(known.holds)
    arguments = (run, retention.lease, most, retention.timeline, holds, *pairs)
    return Call("begin", keys.prefix(hint.partition), arguments)


def begun(answers: list[list[Any]], claims: Sequence[Claim]) -> list[Begun]:
    return [_begun(*pair) for pair in zip(answers, claims, strict=True)]


def _begun(answer: list[Any], claim: Claim) -> Begun:
    if answer[0] != b"go":
        return Refused(claim, dead=answer[0] == b"dead")
    attempts = int(answer[1])
    item = caught(lambda: _item(answer, claim, attempts))
    if isinstance(item, Exception):
        return Unreadable(claim, attempts, reason_of(item)[0])
    return item


def _item(answer: list[Any], claim: Claim, attempts: int) -> Look | Delivery:
    if keys.watched(claim.ref):
        order, version = unpack(answer[3] or b""), int(answer[2])
        asked_ms, seen = int(answer[4]), answer[5] or b""
        return Look(claim, attempts, order, version, asked_ms, seen)
    order, kind, payload = answer[2].decode(), Kind(answer[3].decode()), answer[4]
    number, failed = int(answer[5] or 0), text(answer[6])
    return Delivery(claim, attempts, order, kind, payload, number, failed)


def render(delivery: Delivery, hint: Hint, run: str, body: bytes) -> Call:
    """The body of a change, before its first call."""
    claim = delivery.claim
    arguments = (claim.ref, claim.fence, run, body)
    return Call("render", keys.prefix(hint.partition), arguments)


def settle(
    settlement: Settlement,
    hint: Hint,
    run: str,
    retention: Retention,
    *,
    holds: bool = False,
) -> Call:
    """What became of one attempt; `holds` as in `Destination`."""
    claim, outcome = settlement.claim, settlement.outcome
    verdict, after, why, code = _verdict(outcome)
    doubted = isinstance(outcome, Again | GiveUp) and outcome.ambiguous
    # A history is made of lines.
    history = " ".join(f"{verdict} {settlement.result} {why}".split())
    return _call(
        "settle",
        hint.partition,
        (
            claim.ref,
            claim.fence,
            run,
            verdict,
            after,
            why,
            code,
            history,
            retention.delivery_retention,
            entry.encode((_attempted(settlement, hint, verdict, after),)),
            retention.timeline,
            (cause_of(code) or "lost") if doubted else "",
            int(holds),
        ),
    )


def _verdict(outcome: Outcome) -> tuple[str, int, str, str]:
    """Verdict, milliseconds until again, why, code."""
    match outcome:
        case Done():
            return "done", 0, "", ""
        case Again(after, reason, code):
            return "again", int(after * 1000), reason, code
        case Later(after, reason, code):
            return "later", int(after * 1000), reason, code
        case GiveUp(reason, code):
            return "give_up", 0, reason, code


def _attempted(settlement: Settlement, hint: Hint, verdict: str, after: int) -> Note:
    """The attempt as the order's timeline has it."""
    code = _CODES[verdict]
    texts = (hint.destination, settlement.claim.ref, settlement.result, str(after))
    return Note(code, texts[: len(code.fields)])
