"""Inquiry of one poll at Westcon, and its report to the gate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tasks.execution.attempt import caught, noted, report_to_gate
from tasks.execution.report import MadeAttempt
from tasks.ledger_values import Look
from tasks.outcomes.errors import NotYet, PermanentError, Throttled, Unavailable
from tasks.outcomes.outcome import Done, Outcome, judge
from tasks.planning.rules import PlanRules
from tasks.polling.attribution import apart
from tasks.polling.pace import asked_for
from tasks.polling.query import Answer, Late, ask_each
from tasks.services import Services, Westcon

#: The attempt from which an order is asked for alone: the first two fail together with
#: all others when Westcon is away for a moment.
ALONE_FROM = 3


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What one look asks for: numbers of one type, "" and one without a reference."""

    look: Look
    order_type: str
    numbers: tuple[str, ...]

    def answer(self, answers: Mapping[str, Answer | Exception]) -> Answer | Exception:
        """What was answered to all of it: an error, lines, or lines of others alone."""
        if len(self.numbers) == 1:
            return answers[self.numbers[0]]
        found = [answers[number] for number in self.numbers]
        errors = (one for one in found if isinstance(one, Exception))
        lines = [line for one in found if isinstance(one, tuple) for line in one]
        return next(errors, None) or tuple(lines) or found[0]


def inquiry(look: Look, rules: PlanRules) -> Inquiry:
    """What a look asks for."""
    return Inquiry(look, *asked_for(look, rules.statuses))


def inquire(
    westcon: Westcon, inquiries: Sequence[Inquiry], batch: int, late: Late
) -> Mapping[str, Answer | Exception]:
    """What Westcon reports of each order; a number asked for twice is asked once.

    An order that keeps failing is asked for in a call of its own, so that one that
    Westcon stumbles over spoils nobody else's; numbers that look alike go in different
    calls.

    Args:
        westcon: who is asked.
        inquiries: at least one, all of one type.
        batch: the most numbers of a call.
        late: whether no further call may begin.
    """
    order_type = inquiries[0].order_type
    if not order_type:
        return {
            "": PermanentError(
                "the order has neither a Westcon nor a purchase order number",
                code="no_reference",
            )
        }
    attempts: dict[str, int] = {}
    for one in inquiries:
        for number in one.numbers:
            attempts[number] = max(one.look.attempts, attempts.get(number, 0))
    unique = tuple(attempts)
    together = [number for number in unique if attempts[number] < ALONE_FROM]
    alone = [[number] for number in unique if attempts[number] >= ALONE_FROM]
    calls = [
        group[n : n + batch]
        for group in apart(together)
        for n in range(0, len(group), batch)
    ]
    answers = caught(lambda: ask_each(westcon, order_type, [*calls, *alone], late))
    if isinstance(answers, Exception):
        return dict.fromkeys(unique, answers)
    return answers


def looked(asked: Iterable[Inquiry], ms: int) -> dict[str, MadeAttempt]:
    """Each look as an attempt; it took as long as the calls for all of them together.

    Args:
        asked: looks that were asked for together.
        ms: that this took.
    """
    looks = [one.look for one in asked]
    return {
        look.claim.ref: MadeAttempt(look.order.number, look.attempts, "asked", ms, look)
        for look in looks
    }


def report_answers(
    services: Services,
    destination: str,
    asked: Iterable[Inquiry],
    answers: Mapping[str, Answer | Exception],
) -> bool:
    """Report once to the gate what the answers mean; return whether it is closed.

    Whether looks were answered, or are given up since they were not, is noted too; what
    Westcon answers of one order alone is no part of that.
    """
    received = list(answers.values())
    for end in _ends(services, destination, asked, answers):
        noted(services, "end", partial(services.ends.note, destination, end))
    return (
        noted(services, "gate", lambda: _report(services, destination, received))
        or False
    )


def _ends(
    services: Services,
    destination: str,
    asked: Iterable[Inquiry],
    answers: Mapping[str, Answer | Exception],
) -> list[Outcome]:
    """How the looks end for their calls; one that was answered comes last."""
    policy, ends, answered = services.policies[destination], list[Outcome](), False
    for one in asked:
        answer = one.answer(answers)
        if isinstance(answer, Exception):
            ends.append(judge(answer, one.look.attempts, policy, 0.5))
        else:
            answered = True
    return [*ends, *([Done()] if answered else [])]


def _report(
    services: Services, destination: str, received: Sequence[Answer | Exception]
) -> bool:
    errors = [answer for answer in received if isinstance(answer, Exception)]
    waits = [error for error in errors if isinstance(error, Throttled | NotYet)]
    if waits:
        return report_to_gate(services, destination, waits[0])
    if len(errors) < len(received):
        services.gates.served(destination)
        return False
    down = (error for error in errors if isinstance(error, Unavailable))
    return report_to_gate(services, destination, next(down, errors[0]))
