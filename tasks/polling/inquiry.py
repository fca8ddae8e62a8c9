"""Inquiry of one poll at Westcon, and its report to the gate."""

from collections.abc import Iterable, Mapping, Sequence

from tasks.execution.attempt import caught, noted, report_to_gate
from tasks.ledger_values import Look
from tasks.outcomes.errors import NotYet, PermanentError, Throttled, Unavailable
from tasks.polling.attribution import apart
from tasks.polling.query import Answer, Late, ask_each
from tasks.services import Services, Westcon

#: The attempt from which an order is asked for alone: the first two fail together with
#: all others when Westcon is away for a moment.
ALONE_FROM = 3


def reference(look: Look) -> tuple[str, str]:
    """Order type and number to ask for; empty texts when there is none."""
    return look.order.westcon_reference or ("", "")


def inquire(
    westcon: Westcon, order_type: str, looks: Sequence[Look], late: Late
) -> Mapping[str, Answer | Exception]:
    """What Westcon reports of each order; a number asked for twice is asked once.

    An order that keeps failing is asked for in a call of its own, so that one that
    Westcon stumbles over spoils nobody else's; numbers that look alike go in different
    calls.

    Args:
        westcon: who is asked.
        order_type: "W", "C", or "" for orders without a number.
        looks: the orders, all of this type.
        late: whether no further call may begin.
    """
    if not order_type:
        return {
            "": PermanentError(
                "the order has neither a Westcon nor a purchase order number",
                code="no_reference",
            )
        }
    attempts: dict[str, int] = {}
    for look in looks:
        number = reference(look)[1]
        attempts[number] = max(look.attempts, attempts.get(number, 0))
    unique = tuple(attempts)
    together = [number for number in unique if attempts[number] < ALONE_FROM]
    alone = [[number] for number in unique if attempts[number] >= ALONE_FROM]
    groups = [*apart(together), *alone]
    answers = caught(lambda: ask_each(westcon, order_type, groups, late))
    if isinstance(answers, Exception):
        return dict.fromkeys(unique, answers)
    return answers


def report_answers(
    services: Services, destination: str, answers: Iterable[Answer | Exception]
) -> bool:
    """Report once to the gate what the answers mean; return whether it is closed."""
    received = list(answers)
    return (
        noted(services, "gate", lambda: _report(services, destination, received))
        or False
    )


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
