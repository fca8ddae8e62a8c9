"""`westcon.poll`: looks at several orders in one call, and records what changed.

A hint may carry more orders than one call; each call's orders are begun right before
it, so that their leases outlast it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from serializers.westcon.reply import StatusLine
from tasks.execution.attempt import caught, judged, unreadable
from tasks.execution.report import Report
from tasks.ledger_values import (
    Advance,
    Claim,
    Held,
    Hint,
    Look,
    Refused,
    Settlement,
    Unreadable,
    WriteResult,
)
from tasks.outcomes.errors import NotYet, PartnerError
from tasks.outcomes.outcome import Done
from tasks.planning.rules import parcels_at
from tasks.polling.attribution import Others
from tasks.polling.compare import compare, refusal
from tasks.polling.details import ask_details
from tasks.polling.inquiry import Inquiry, inquire, inquiry, looked, report_answers
from tasks.polling.joining import Reading, parcels_wanted, read_answer
from tasks.polling.ownership import BY_PURCHASE_ORDER, UNASKED, Owners
from tasks.polling.pace import kept
from tasks.polling.query import Answer
from tasks.polling.sharing import find_owners, question
from tasks.polling.waiting import Details
from tasks.services import Services, Westcon

#: How often a look is compared anew because its order changed meanwhile.
COMPARISONS = 5


@dataclass(frozen=True, slots=True)
class _Turn:
    """One hint under way; `until` is when it begins nothing more."""

    westcon: Westcon
    hint: Hint
    services: Services
    report: Report
    run: str
    until: float

    def late(self) -> bool:
        """Whether no further call may begin."""
        services = self.services
        return services.monotonic() > self.until or services.stopping()


@dataclass(frozen=True, slots=True)
class _Seen:
    """One order that Westcon answered for; `reading` is of `lines` and `held`."""

    look: Look
    held: Held
    lines: tuple[StatusLine, ...]
    kept: bytes
    owners: Owners
    reading: Reading | None = None
    details: Details | None = None


def poll(westcon: Westcon, hint: Hint, services: Services) -> Report:
    """Look at the orders of one hint that are still ours.

    It stops early, and hands back what it has not begun, as `deliver` does.

    Args:
        westcon: who is asked.
        hint: claims of its watches.
        services: the world.
    """
    until = services.monotonic() + services.hold_seconds
    run = hint.run or services.token()
    turn = _Turn(westcon, hint, services, Report(), run, until)
    batch, waiting = services.rules.poll.batch, hint.claims
    while waiting:
        closed = _look(turn, waiting[:batch])
        waiting = waiting[batch:]
        if closed or turn.late():
            break
    if waiting:
        services.ledger.hand_back(hint, waiting)
        turn.report.handed_back = len(waiting)
    return turn.report


def _look(turn: _Turn, claims: Sequence[Claim]) -> bool:
    """Look at as many orders as one call takes; whether the gate has closed."""
    begun = turn.services.ledger.begin(turn.hint, claims, turn.run)
    looks = [look for look in begun if isinstance(look, Look)]
    for one in begun:
        if isinstance(one, Refused):
            turn.report.refuse(one)
    unread = [one for one in begun if isinstance(one, Unreadable)]
    _settle(turn, [(one, unreadable(one.claim.ref, one.why)) for one in unread])
    rules, closed = turn.services.rules, False
    for order_type, group in _by_type(turn, looks).items():
        began = turn.services.monotonic()
        answers = inquire(turn.westcon, group, rules.poll.batch, turn.late)
        ms = int((turn.services.monotonic() - began) * 1000)
        turn.report.made |= looked(group, ms)
        if order_type:
            destination = turn.hint.destination
            closed |= report_answers(turn.services, destination, group, answers)
        _record(turn, group, answers)
    return closed


def _by_type(turn: _Turn, looks: Sequence[Look]) -> dict[str, list[Inquiry]]:
    """What is asked for, by order type; a look that cannot tell is settled."""
    found: defaultdict[str, list[Inquiry]] = defaultdict(list)
    for look in looks:
        made = caught(partial(inquiry, look, turn.services.rules))
        if isinstance(made, Exception):
            _settle(turn, [(look, made)])
        else:
            found[made.order_type].append(made)
    return found


def _record(
    turn: _Turn, asked: Sequence[Inquiry], answers: Mapping[str, Answer | Exception]
) -> None:
    """Advance what was seen; settle what was not."""
    failed: list[tuple[Look, Exception]] = []
    seen: list[_Seen] = []
    for one in asked:
        look, answer = one.look, one.answer(answers)
        if isinstance(answer, Exception):
            failed.append((look, answer))
            continue
        refused = _refused(turn, one, answer)
        if refused is not None:
            failed.append((look, refused))
        elif not isinstance(answer, Others):
            roster = turn.services.ledger.roster(turn.hint.partition)
            held = Held(look.order, look.version, roster=roster)
            owners = caught(partial(_owners, turn, one, answer))
            if isinstance(owners, Exception):
                failed.append((look, owners))
                continue
            reading = _reading(turn, look, answer, owners)
            keeps = kept(look, one.order_type)
            seen.append(_Seen(look, held, answer, keeps, owners, reading))
    wanted = [(one, _parcels_wanted(turn, one)) for one in seen]
    plain = [_detailed(turn, one, ()) for one, some in wanted if not some]
    failed += _advance(turn, plain)
    # After the others, which need not wait for these calls.
    for found, some in wanted:
        if some:
            failed += _advance(turn, [_detailed(turn, found, some)])
    _settle(turn, failed)


def _owners(turn: _Turn, asked: Inquiry, lines: Sequence[StatusLine]) -> Owners:
    """Whose Westcon's orders are that a watch by purchase order has not met before.

    Raises:
        PermanentError: a person must decide.
    """
    if asked.order_type != BY_PURCHASE_ORDER:
        return UNASKED
    order, table = asked.look.order, turn.services.rules.statuses
    owners = find_owners(turn.services.ledger, order, lines, table)
    if asks := question(order, owners, table):
        raise asks
    return owners


def _reading(
    turn: _Turn, look: Look, lines: tuple[StatusLine, ...], owners: Owners
) -> Reading | None:
    """The answer read against the order; what that raises, comparing meets."""
    rules, now_ms = turn.services.rules, turn.services.now_ms()
    read = partial(read_answer, look.order, lines, rules, look.asked_ms, now_ms)
    found = caught(lambda: read(owners=owners))
    return None if isinstance(found, Exception) else found


def _parcels_wanted(turn: _Turn, one: _Seen) -> tuple[str, ...]:
    """Westcon's orders of which the parcels are asked for."""
    if one.reading is None:
        return ()
    return parcels_wanted(one.look.order, one.reading, turn.services.rules)


def _detailed(turn: _Turn, one: _Seen, numbers: Sequence[str]) -> _Seen:
    """The same with what is learnt of these orders' parcels, where that is asked."""
    if not turn.services.rules.poll.shipment_detail:
        return one
    place = parcels_at(turn.hint.destination)
    details = ask_details(turn.westcon, turn.services, numbers, turn.late, place)
    return replace(one, details=details)


def _refused(
    turn: _Turn, asked: Inquiry, answer: Sequence[StatusLine] | Others
) -> Exception | None:
    """Why the answer states nothing of the order, or what reading it has raised."""
    now_ms, rules = turn.services.now_ms(), turn.services.rules
    order = asked.look.order
    by_own = asked.order_type != (order.westcon_reference or ("",))[0]
    return caught(lambda: refusal(order, answer, rules, now_ms, by_own=by_own))


def _advance(turn: _Turn, seen: list[_Seen]) -> list[tuple[Look, Exception]]:
    """Write what was seen; compare anew where the order changed meanwhile."""
    failed: list[tuple[Look, Exception]] = []
    ledger = turn.services.ledger
    for _ in range(COMPARISONS):
        advances: list[tuple[_Seen, Advance]] = []
        for one in seen:
            advance = _compared(turn, one)
            if isinstance(advance, Advance):
                advances.append((one, replace(advance, trace=_span(turn, one.look))))
            else:
                failed.append((one.look, advance))
        if not advances:
            return failed
        written = ledger.advance(turn.hint, turn.run, [a for _, a in advances])
        turn.services.hints.send([h for answer in written for h in answer.leased])
        turn.report.more_due = any(answer.more for answer in written)
        seen = []
        for (one, _), answer in zip(advances, written, strict=True):
            if answer.verdict is WriteResult.STALE:
                seen.append(one)
            elif answer.verdict is WriteResult.FAULTY:
                ref = one.look.claim.ref
                failed.append((one.look, unreadable(ref, answer.fault)))
            else:
                turn.report.outcomes[one.look.claim.ref] = Done()
        held = ledger.orders([one.look.order.name for one in seen]) if seen else []
        again = [
            replace(one, held=now, reading=None)
            for one, now in zip(seen, held, strict=True)
        ]
        changed = [(one, _outrun(one)) for one in again]
        seen = [one for one, error in changed if error is None]
        failed += [(one.look, error) for one, error in changed if error is not None]
    busy = NotYet("the order changes faster than a look", code="busy", after=1.0)
    return failed + [(one.look, busy) for one in seen]


def _span(turn: _Turn, look: Look) -> str:
    """The traceparent of what a look makes."""
    return turn.services.span_of(look.trace, look.claim.ref, look.claim.fence)


def _outrun(one: _Seen) -> PartnerError | None:
    """Why the answer is no use for the order as it has become meanwhile."""
    now = one.held.order
    if one.held.unreadable:
        return unreadable(one.look.claim.ref, one.held.unreadable)
    if now is None or now.westcon_question == one.look.order.westcon_question:
        return None
    what = "the order's number at Westcon, or its account, changed meanwhile"
    return NotYet(what, code="renamed", after=0.0)


def _compared(turn: _Turn, one: _Seen) -> Advance | Exception:
    """What the look leads to, or what working that out has raised."""
    services = turn.services
    rules, now_ms, dice = services.rules, services.now_ms(), services.dice()
    claim, asked_ms = one.look.claim, one.look.asked_ms
    seen = partial(compare, claim, one.held, one.lines, rules, now_ms, dice)
    seen = partial(seen, owners=one.owners)
    return caught(
        lambda: seen(
            asked_ms=asked_ms, details=one.details, kept=one.kept, reading=one.reading
        )
    )


def _settle(turn: _Turn, failed: Sequence[tuple[Look | Unreadable, Exception]]) -> None:
    if not failed:
        return
    settlements = []
    for look, error in failed:
        outcome, result = judged(
            turn.services, turn.hint.destination, look.attempts, error
        )
        turn.report.outcomes[look.claim.ref] = outcome
        settlements.append(Settlement(look.claim, outcome, result))
    more = turn.services.ledger.settle(turn.hint, turn.run, settlements)
    turn.report.more_due = more
