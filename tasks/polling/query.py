"""Query of several orders at Westcon in one call, with a result for each."""

from collections.abc import Callable, Sequence

from serializers.westcon.reply import StatusLine
from tasks.outcomes.errors import (
    NotYet,
    PartnerError,
    PermanentError,
    Throttled,
    TransientError,
    Unavailable,
)
from tasks.polling.attribution import Others, attributed
from tasks.services import Westcon

#: An order's lines, lines of others in their place, or why there are none.
Answer = tuple[StatusLine, ...] | Others | PartnerError

#: Codes of a 200 that could not be read, was an error block, or was too big: fewer
#: orders in one call may be answered.
UNREADABLE = frozenset({"decode", "size"})


#: The code of an order that Westcon, asked alone about it, answers without.
GONE = "missing_order"


#: Whether no further call may begin.
Late = Callable[[], bool]


def ask(
    westcon: Westcon, order_type: str, numbers: Sequence[str], late: Late
) -> dict[str, Answer]:
    """The lines of each order, or why there are none.

    An order that does not come back is asked again alone, since Westcon's siblings
    of this call drop what is too much in silence. A call that is refused because of
    one bad order is split in halves until that order stands alone. What fails for
    everybody's sake fails for the rest unasked, and so does what cannot be read even
    of two orders alone.
    """
    try:
        lines = westcon.order_status(order_type, tuple(numbers))
    except PartnerError as error:
        if len(numbers) == 1 or _of_all(error):
            return dict.fromkeys(numbers, error)
        half = len(numbers) // 2
        halves = (numbers[:half], numbers[half:])
        return ask_each(westcon, order_type, halves, late)
    answers: dict[str, Answer] = {**attributed(order_type, numbers, lines)}
    missing = [[number] for number in numbers if number not in answers]
    if missing and len(numbers) == 1:
        (number,) = numbers
        others = Others(order_type, number, tuple(lines))
        return {number: others if lines else _gone(number)}
    return answers | ask_each(westcon, order_type, missing, late)


def ask_each(
    westcon: Westcon, order_type: str, groups: Sequence[Sequence[str]], late: Late
) -> dict[str, Answer]:
    """Ask for each group in a call, until time or an error ends it."""
    answers: dict[str, Answer] = {}
    stop: PartnerError | None = None
    for group in groups:
        if stop is not None:
            answers |= dict.fromkeys(group, stop)
            continue
        if answers and late():
            stop = _out_of_time()
            answers |= dict.fromkeys(group, stop)
            continue
        answered = ask(westcon, order_type, group, late)
        answers |= answered
        errors = [one for one in answered.values() if isinstance(one, PartnerError)]
        stop = next((e for e in errors if _of_all(e) and not _of_one(e, group)), None)
        if stop is None and len(answered) > 1 and len(errors) == len(answered):
            # Two bad orders side by side are rare; a proxy that answers everything
            # with its own page is not.
            stop = next((e for e in errors if _unreadable(e)), None)
    return answers


def _of_all(error: PartnerError) -> bool:
    """Whether another order would fare no better now."""
    match error:
        case PermanentError():
            return False
        case Unavailable():
            return not _unreadable(error)
        case Throttled() | NotYet():
            return True
        case _:
            return False


def _unreadable(error: PartnerError) -> bool:
    return isinstance(error, Unavailable) and error.code in UNREADABLE


def _of_one(error: PartnerError, group: Sequence[str]) -> bool:
    """Whether it may be this one order that Westcon stumbles over."""
    return len(group) == 1 and error.code == "http_500"


def _out_of_time() -> NotYet:
    return NotYet(
        "there was no time left to ask for it", code="out_of_time", after=60.0
    )


def _gone(number: str) -> PartnerError:
    # Not Unavailable: Westcon works, and its gate must not close for one order.
    return TransientError(
        f"Westcon answered without order {number}, asked alone", code=GONE
    )
