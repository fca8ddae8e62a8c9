"""JSON numbers as the decimals that were written, whatever a float makes of them."""

import re
from typing import Self

_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")


class ExactFloat(float):
    """A number with a fraction or an exponent, and how it was written.

    Args:
        literal: a JSON number.
    """

    __slots__ = ("literal",)

    literal: str

    def __new__(cls, literal: str) -> Self:
        number = super().__new__(cls, literal)
        number.literal = literal
        return number


def exact(number: float) -> str:
    """Give the one spelling of a number as it was written: 1, 1.0 and 1e0 are "1e0".

    0.1 and 0.10000000000000000001 have two, though one float holds both.
    """
    return exact_decimal(getattr(number, "literal", "") or repr(number))


def exact_decimal(literal: str) -> str:
    """Give the one spelling of a decimal: digits without needless zeros, e, exponent.

    Raises:
        ValueError: it is no decimal.
    """
    match = _NUMBER.fullmatch(literal)
    if match is None:
        raise ValueError("no decimal")
    sign, whole, fraction, exponent = match.groups(default="")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return "0e0"
    shortest = digits.rstrip("0")
    power = int(exponent or 0) - len(fraction) + len(digits) - len(shortest)
    return f"{sign.replace('+', '')}{shortest}e{power}"
