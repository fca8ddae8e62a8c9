"""Limits under which every JSON document is read, whoever wrote it."""

import json
import math
import re
from typing import TypeAlias

JsonValue: TypeAlias = (
    "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
)

#: Objects and arrays inside one another. The parser recurses in C, so the
#: depth is counted before it starts.
MAX_DEPTH = 64

#: Digits of an integer. Longer ones cost quadratic time and are no quantity.
MAX_DIGITS = 40

#: Characters of a number with a fraction or an exponent.
MAX_FLOAT_LENGTH = 400

# Possessive and with an optional end, so that it matches at every quote in one
# pass: an unfinished string must not be looked at again from each quote in it.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


class LimitError(ValueError):
    """A limit was passed.

    Args:
        what: what was found, without the text itself.
        literal: the characters that passed it, to be looked up in the text.
    """

    def __init__(self, what: str, literal: str = "") -> None:
        super().__init__(what)
        self.literal = literal


def check_depth(text: str) -> None:
    """Count brackets outside strings.

    Raises:
        LimitError: more than `MAX_DEPTH` are open at once.
    """
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise LimitError(f"nested deeper than {MAX_DEPTH}")


def place(text: str, error: LimitError) -> str:
    """State where the literal stands, as " at character 17", or nothing."""
    if not error.literal:
        return ""
    blanked = _STRING.sub(lambda string: " " * len(string.group()), text)
    return f" at character {blanked.find(error.literal)}"


def complaint(error: json.JSONDecodeError) -> str:
    """Describe what is no JSON, without the document that the error carries."""
    what = error.msg.removesuffix(" at").removesuffix(" starting")
    return f"not JSON, {what} at character {error.pos}"


def bounded_int(literal: str) -> int:
    """Read an integer; a `LimitError` past `MAX_DIGITS` digits."""
    digits = len(literal.lstrip("-"))
    if digits > MAX_DIGITS:
        raise LimitError(f"an integer of {digits} digits", literal)
    return int(literal)


def finite_float(literal: str) -> float:
    """Read a number; a `LimitError` when it is too long or too large."""
    if len(literal) > MAX_FLOAT_LENGTH:
        raise LimitError(f"a number of {len(literal)} characters", literal)
    number = float(literal)
    if not math.isfinite(number):
        raise LimitError("a number too large to be finite", literal)
    return number


def bounded_float(literal: str) -> float:
    """Read a number as far from zero as an integer may be; a `LimitError` past that."""
    number = finite_float(literal)
    if abs(number) >= 10**MAX_DIGITS:
        raise LimitError(f"a number of 1e{MAX_DIGITS} or more", literal)
    return number


def no_constant(literal: str) -> float:
    """Refuse NaN and the infinities, which are not JSON."""
    raise LimitError(f"{literal} is not JSON", literal)
