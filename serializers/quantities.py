"""Quantities as plain decimals: "2", "2.5", never "         2.000"."""

import re
from decimal import Decimal

#: More digits than any quantity has; longer ones count as unreadable.
MAX_LENGTH = 40

_DECIMAL = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]*))?")


def plain_quantity(text: str) -> str:
    """Write a padded decimal without needless zeros, or "" if it is none.

    Westcon pads with spaces to a width of 14 and prints three decimals.
    """
    match = _DECIMAL.fullmatch(text.strip())
    if match is None or len(match[0]) > MAX_LENGTH:
        return ""
    sign, whole, fraction = match.groups(default="")
    number = whole.lstrip("0") or "0"
    if decimals := fraction.rstrip("0"):
        number = f"{number}.{decimals}"
    return f"-{number}" if sign == "-" and number != "0" else number


def plain_number(number: float) -> str:
    """Write a JSON number in the same way, or "" for a truth or a long one."""
    if isinstance(number, int):
        return plain_quantity(str(number))
    return plain_quantity(format(Decimal(repr(number)), "f"))
