"""Asking Westcon for several orders at once, and telling their answers apart."""

from collections.abc import Sequence

from serializers.westcon_reply import StatusLine
from tasks.errors import PartnerError, PermanentError, Unavailable
from tasks.services import Westcon

Answer = tuple[StatusLine, ...] | PartnerError


def ask(westcon: Westcon, order_type: str, numbers: Sequence[str]) -> dict[str, Answer]:
    """The lines of each order, or why there are none.

    An order that does not come back is asked again alone, since Westcon's siblings
    of this call drop what is too much in silence. A call that is refused because of
    one bad order is split in halves until that order stands alone.
    """
    try:
        lines = westcon.order_status(order_type, tuple(numbers))
    except PermanentError as error:
        if len(numbers) == 1:
            return {numbers[0]: error}
        half = len(numbers) // 2
        first = ask(westcon, order_type, numbers[:half])
        return first | ask(westcon, order_type, numbers[half:])
    except PartnerError as error:
        return dict.fromkeys(numbers, error)
    answers: dict[str, Answer] = {**_by_order(order_type, numbers, lines)}
    for number in numbers:
        if number not in answers:
            answers[number] = _missing(westcon, order_type, number, numbers)
    return answers


def _missing(
    westcon: Westcon, order_type: str, number: str, asked: Sequence[str]
) -> Answer:
    if len(asked) > 1:
        return ask(westcon, order_type, [number])[number]
    return Unavailable(
        f"Westcon answered without order {number}, asked alone", code="missing_order"
    )


def _by_order(
    order_type: str, numbers: Sequence[str], lines: Sequence[StatusLine]
) -> dict[str, tuple[StatusLine, ...]]:
    """Lines by the number asked for; zeros in front mean nothing at Westcon."""
    asked = {_bare(number): number for number in numbers}
    found: dict[str, list[StatusLine]] = {}
    for line in lines:
        told = line.order_number if order_type == "W" else line.customer_order_number
        number = asked.get(_bare(told))
        if number is None and len(numbers) == 1:
            # Asked alone, everything that comes back is about this order.
            number = numbers[0]
        if number is not None:
            found.setdefault(number, []).append(line)
    return {number: tuple(group) for number, group in found.items()}


def _bare(number: str) -> str:
    return number.strip().lstrip("0").upper()
