"""Arithmetic of quantities; an unknown one is None, or "" in a text.

A return has a negative quantity. More of it is further from zero.
"""

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from functools import lru_cache

from serializers.formats.quantities import plain_quantity
from serializers.order_record import Portion

#: More digits than any sum of quantities has.
_EXACT = Context(prec=60)

NONE = Decimal(0)


# Orders are of few pieces: the same texts are read and written again and again.
@lru_cache(maxsize=4096)
def amount(text: str) -> Decimal | None:
    """Read a plain decimal, None for ""."""
    return Decimal(text) if text else None


@lru_cache(maxsize=4096)
def written(number: Decimal | None) -> str:
    """Write a plain decimal, "" where it is not known or has too many digits."""
    return "" if number is None else plain_quantity(format(number, "f"))


def total(numbers: Iterable[Decimal | None]) -> Decimal | None:
    """Add them up; None when one of them is not known."""
    result = NONE
    for number in numbers:
        if number is None:
            return None
        result = _EXACT.add(result, number)
    return result


def rest(whole: Decimal, *parts: Decimal | None) -> Decimal | None:
    """What is left of the whole, not below zero; None when a part is not known."""
    taken = total(parts)
    return None if taken is None else max(NONE, _EXACT.subtract(whole, taken))


def further(one: Decimal, other: Decimal) -> bool:
    """Whether one is more than the other, in whichever direction."""
    return abs(one) > abs(other)


def total_of(portions: Sequence[Portion]) -> Decimal | None:
    return total(amount(portion.quantity) for portion in portions)
