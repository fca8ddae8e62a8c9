"""Words of a partner that may be shown: names, codes and patterns, no data.

What a partner sends may be a person's name, a telephone number or a secret. A text is
shown where its form alone makes it a word for programs, and else only described.
"""

import re
from typing import Final

from serializers.formats.text import printable

#: A member's name: letters with the marks of programmers, and hardly a digit.
_NAME = re.compile(r"[A-Za-z_$#][A-Za-z_.:$#-]{0,39}(?:[0-9]{1,3}[A-Za-z_]{0,15})?")
#: A code of a member that is known to hold codes.
_CODE = re.compile(
    r"[A-Za-z0-9]{1,8}|[A-Za-z]{1,32}|[A-Za-z]+(?:(?:_|::|\.)[A-Za-z]+)+"
)
#: A code of a member of which nothing is known: INV, EA, ORDER_SPLIT, im::on_hold.
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]{0,3}|[A-Z]{2,}(?:_[A-Z]{2,})+|im::[a-z_]+")
_MAX_CODE: Final = 40
#: A date, a time, a number: digits and what stands between them.
_WRITTEN = re.compile(r"[0-9 .,:/+()TZ-]{1,40}")
_MAX_PATTERN: Final = 40

OTHER: Final = "(a text)"


def shown_name(name: str) -> str:
    """A member's name, or how long it is where it may be anything."""
    if len(name) <= 60 and _NAME.fullmatch(name):  # noqa: PLR2004 - what _NAME has room for
        return name
    return f"<name {len(name)}>"


def shown_code(text: str) -> str:
    """A code of a member that holds codes, else `OTHER`."""
    is_code = len(text) <= _MAX_CODE and _CODE.fullmatch(text)
    return text if is_code else OTHER


def is_constant(text: str) -> bool:
    """Whether a text of an unknown member can only be a constant of a program."""
    return len(text) <= _MAX_CODE and _CONSTANT.fullmatch(text) is not None


def is_written(text: str) -> bool:
    """Whether a text is a date, a time or a number."""
    return _WRITTEN.fullmatch(text) is not None


def pattern(text: str) -> str:
    """The form of a value, without the value: 2026-13-45 is `9999-99-99`.

    Letters become `a`, however many; digits `9` each; other characters that can be
    seen stay.
    """
    masked = re.sub(r"[^\W\d_]+", "a", text[:200])
    masked = re.sub(r"\d", "9", masked)
    return printable(masked, _MAX_PATTERN)
