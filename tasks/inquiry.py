"""What one poll asks of Westcon, and what its gate learns from the answers."""

from collections.abc import Iterable, Mapping, Sequence

from tasks.ask import Answer, ask
from tasks.attempt import caught, tell_gate
from tasks.errors import NotYet, PermanentError, Throttled, Unavailable
from tasks.services import Services, Westcon


def inquire(
    westcon: Westcon, order_type: str, numbers: Sequence[str]
) -> Mapping[str, Answer | Exception]:
    """What Westcon says of each order; a number asked for twice is asked once."""
    if not order_type:
        return {
            "": PermanentError(
                "the order has neither a Westcon nor a purchase order number",
                code="no_reference",
            )
        }
    unique = tuple(dict.fromkeys(numbers))
    answers = caught(lambda: ask(westcon, order_type, unique))
    if isinstance(answers, Exception):
        return dict.fromkeys(unique, answers)
    return answers


def tell_of_answers(
    services: Services, destination: str, answers: Iterable[Answer | Exception]
) -> bool:
    """Tell the gate once what the answers mean for everybody; whether it is closed."""
    told = list(answers)
    errors = [answer for answer in told if isinstance(answer, Exception)]
    waits = [error for error in errors if isinstance(error, Throttled | NotYet)]
    if waits:
        return tell_gate(services, destination, waits[0])
    if len(errors) < len(told):
        services.gates.served(destination)
        return False
    down = (error for error in errors if isinstance(error, Unavailable))
    return tell_gate(services, destination, next(down, errors[0]))
