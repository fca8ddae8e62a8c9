"""Codecs of the scripts of an attempt: its start, its body, its end."""

from collections.abc import Sequence
from typing import Any

from serializers.order_record import unpack
from serializers.timeline import entry
from serializers.timeline.codes import Code, Note
from tasks.destination import Destination
from tasks.execution.attempt import caught
from tasks.ledger_values import (
    Begun,
    Claim,
    Delivery,
    Hint,
    Kind,
    Look,
    Refused,
    Settlement,
    Unreadable,
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
from workers.ledger.script_calls import call_of
from workers.ledger.scripts import Call
from workers.redis.answers import text

#: Characters of a failure's reason that are kept of a destination; one that quotes a
#: partner's answer is masked already.
EXCERPT = 200

_CODES = {
    "done": Code.DONE,
    "again": Code.AGAIN,
    "later": Code.LATER,
    "give_up": Code.GIVEN_UP,
}


def hand_back(hint: Hint, claims: Sequence[Claim], after: float = 0.0) -> Call:
    """Give back what has not begun, due again in so many seconds."""
    pairs = (part for claim in claims for part in (claim.ref, claim.fence))
    arguments = (int(after * 1000), *pairs)
    return Call("hand_back", keys.prefix(hint.partition), arguments)


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
        asked_ms, seen, trace = int(answer[4]), answer[5] or b"", text(answer[6])
        return Look(claim, attempts, order, version, asked_ms, seen, trace)
    order, kind, payload = answer[2].decode(), Kind(answer[3].decode()), answer[4]
    number, failed = int(answer[5] or 0), text(answer[6])
    since_ms, trace = int(answer[7]), text(answer[8])
    return Delivery(
        claim, attempts, order, kind, payload, number, failed, since_ms, trace
    )


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
    noted: bool = True,
) -> Call:
    """What became of one attempt; `holds` as in `Destination`.

    One that is not `noted` stands neither in the order's timeline nor as how the item
    has failed: it was not made, and what the one before it has shown still holds.
    """
    claim, outcome = settlement.claim, settlement.outcome
    verdict, after, why, code = _verdict(outcome)
    doubted = isinstance(outcome, Again | GiveUp) and outcome.ambiguous
    # A history is made of lines.
    kept = entry.encode((_attempted(settlement, hint, verdict, after),))
    history = " ".join(f"{verdict} {settlement.result} {why}".split())
    return call_of(
        "settle",
        hint.partition,
        (
            claim.ref,
            claim.fence,
            run,
            verdict,
            after,
            why,
            code if noted else "",
            history,
            retention.delivery_retention,
            kept if noted else "",
            retention.timeline,
            (cause_of(code) or "lost") if doubted else "",
            int(holds),
            failure_line(outcome),
        ),
    )


def has_more(answer: Any) -> bool:
    """What `settle` answers of its destination; a fault leaves that to a claim."""
    return isinstance(answer, Exception) or bool(answer[1])


def is_gone(answer: Any) -> bool:
    """Whether `settle` has found no such item where it looked."""
    return not isinstance(answer, Exception) and answer[0] == b"gone"


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


def failure_line(outcome: Outcome) -> str:
    """A failure as its destination keeps it, behind its moment; "" where none is.

    An item that waits for a reason of its own tells nothing of its destination.
    """
    if isinstance(outcome, Done) or (isinstance(outcome, Later) and not outcome.failed):
        return ""
    _, _, why, code = _verdict(outcome)
    return f"{'_'.join(code.split())}\t{' '.join(why.split())[:EXCERPT]}"


def _attempted(settlement: Settlement, hint: Hint, verdict: str, after: int) -> Note:
    """The attempt as the order's timeline has it."""
    code = _CODES[verdict]
    texts = (hint.destination, settlement.claim.ref, settlement.result, str(after))
    return Note(code, texts[: len(code.fields)])
