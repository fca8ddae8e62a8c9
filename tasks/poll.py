"""`westcon.poll`: look at several orders in one call, and record what changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from serializers.westcon_reply import StatusLine
from tasks.ask import Answer, ask
from tasks.attempt import caught, judged, tell_gate
from tasks.compare import compare, refusal
from tasks.errors import NotYet, PermanentError
from tasks.outcome import Done
from tasks.report import Report
from tasks.services import Services
from tasks.work import Advance, Held, Hint, Look, Settlement, Verdict

#: How often a look is compared anew because its order changed meanwhile.
COMPARISONS = 5


@dataclass(frozen=True, slots=True)
class _Turn:
    """One hint under way."""

    hint: Hint
    services: Services
    report: Report
    run: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """One order that Westcon answered for."""

    look: Look
    held: Held
    lines: tuple[StatusLine, ...]


def poll(hint: Hint, services: Services) -> Report:
    """Look at the orders of one hint that are still ours."""
    turn = _Turn(hint, services, Report(), services.token())
    begun = services.ledger.begin(hint, hint.claims, turn.run)
    looks = [look for look in begun if isinstance(look, Look)]
    turn.report.refused = len(begun) - len(looks)
    by_type: defaultdict[str, list[Look]] = defaultdict(list)
    for look in looks:
        by_type[_reference(look)[0]].append(look)
    for order_type, group in by_type.items():
        answers = _answers(turn, order_type, [_reference(look)[1] for look in group])
        _record(turn, group, answers)
    return turn.report


def _reference(look: Look) -> tuple[str, str]:
    return look.order.westcon_reference or ("", "")


def _answers(
    turn: _Turn, order_type: str, numbers: Sequence[str]
) -> Mapping[str, Answer | Exception]:
    """What Westcon says of each order; the gate learns once per call."""
    if not order_type:
        return {
            "": PermanentError(
                "the order has neither a Westcon nor a purchase order number",
                code="no_reference",
            )
        }
    services, destination = turn.services, turn.hint.destination
    unique = tuple(dict.fromkeys(numbers))
    answers = caught(lambda: ask(services.westcon, order_type, unique))
    if isinstance(answers, Exception):
        tell_gate(services, destination, answers)
        return dict.fromkeys(unique, answers)
    errors = [answer for answer in answers.values() if isinstance(answer, Exception)]
    if len(errors) == len(answers):
        tell_gate(services, destination, errors[0])
    else:
        services.gates.served(destination)
    return answers


def _record(
    turn: _Turn, looks: Sequence[Look], answers: Mapping[str, Answer | Exception]
) -> None:
    """Advance what was seen; settle what was not."""
    failed: list[tuple[Look, Exception]] = []
    seen: list[_Seen] = []
    for look in looks:
        answer = answers[_reference(look)[1]]
        if isinstance(answer, Exception):
            failed.append((look, answer))
            continue
        now_ms, rules = turn.services.now_ms(), turn.services.rules
        refused = refusal(look.order, answer, rules, now_ms)
        if refused is not None:
            failed.append((look, refused))
        else:
            seen.append(_Seen(look, Held(look.order, look.version), answer))
    failed += _advance(turn, seen)
    _settle(turn, failed)


def _advance(turn: _Turn, seen: list[_Seen]) -> list[tuple[Look, Exception]]:
    """Write what was seen; compare anew where the order changed meanwhile."""
    failed: list[tuple[Look, Exception]] = []
    ledger = turn.services.ledger
    for _ in range(COMPARISONS):
        advances: list[tuple[_Seen, Advance]] = []
        for one in seen:
            advance = _compared(turn, one)
            if isinstance(advance, Advance):
                advances.append((one, advance))
            else:
                failed.append((one.look, advance))
        if not advances:
            return failed
        written = ledger.advance(turn.hint, turn.run, [a for _, a in advances])
        turn.services.hints.send([h for answer in written for h in answer.leased])
        seen = []
        for (one, _), answer in zip(advances, written, strict=True):
            if answer.verdict is Verdict.STALE:
                seen.append(one)
            else:
                turn.report.outcomes[one.look.claim.ref] = Done()
        held = ledger.orders([one.look.order.number for one in seen]) if seen else []
        seen = [
            _Seen(one.look, now, one.lines) for one, now in zip(seen, held, strict=True)
        ]
    busy = NotYet("the order changes faster than a look", code="busy", after=1.0)
    return failed + [(one.look, busy) for one in seen]


def _compared(turn: _Turn, one: _Seen) -> Advance | PermanentError:
    services = turn.services
    return compare(
        one.look.claim,
        one.held,
        one.lines,
        services.rules,
        services.now_ms(),
        services.dice(),
    )


def _settle(turn: _Turn, failed: Sequence[tuple[Look, Exception]]) -> None:
    if not failed:
        return
    settlements = []
    for look, error in failed:
        outcome, said = judged(turn.services, turn.hint.destination, look.tries, error)
        turn.report.outcomes[look.claim.ref] = outcome
        settlements.append(Settlement(look.claim, outcome, said))
    turn.services.ledger.settle(turn.hint, turn.run, settlements)
