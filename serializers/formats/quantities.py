"""Quantities as plain decimals: "2", "2.5", never "         2.000"."""

import re
from collections.abc import Iterable
from decimal import Context, Decimal

#: Digits before the point and after it, needless zeros not counted. More than any
#: quantity has, and no more than every reader's numbers hold.
MAX_WHOLE = 15
MAX_DECIMALS = 15

_DECIMAL = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]*))?")
_FINEST = Decimal(1).scaleb(-MAX_DECIMALS)
_ROOM = Context(prec=MAX_WHOLE + MAX_DECIMALS)
#: Adds up quantities without rounding.
_EXACT = Context(prec=2 * (MAX_WHOLE + MAX_DECIMALS))


def plain_quantity(text: str) -> str:
    """Write a padded decimal without needless zeros, or "" if it is none.

    Westcon pads with spaces to a width of 14 and prints three decimals. What has more
    digits than a quantity may have is none.
    """
    match = _DECIMAL.fullmatch(text.strip())
    if match is None:
        return ""
    sign, whole, fraction = match.groups(default="")
    number, decimals = whole.lstrip("0") or "0", fraction.rstrip("0")
    if len(number) > MAX_WHOLE or len(decimals) > MAX_DECIMALS:
        return ""
    if decimals:
        number = f"{number}.{decimals}"
    return f"-{number}" if sign == "-" and number != "0" else number


def plain_number(number: float) -> str:
    """Write a JSON number in the same way, or "" for a truth or one out of bounds.

    Most writers hold it in binary (0.30000000000000004), so it is rounded to as many
    decimals as a quantity has; one too small to leave any is out of bounds.
    """
    if isinstance(number, int):
        return plain_quantity(str(number))
    exact = Decimal(repr(number))
    if exact and not _FINEST <= abs(exact) < 10**MAX_WHOLE:
        return ""
    return plain_quantity(format(exact.quantize(_FINEST, context=_ROOM), "f"))


def added(quantities: Iterable[str]) -> str:
    """Add up plain decimals; "" if one of them is unknown, or the sum out of bounds."""
    total = Decimal(0)
    for quantity in quantities:
        if not quantity:
            return ""
        total = _EXACT.add(total, Decimal(quantity))
    return plain_quantity(format(total, "f"))
