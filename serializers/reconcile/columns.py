"""Columns of a book: known by several spellings, unknown ones with a suggestion."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from serializers.errors import DecodeError
from serializers.formats.text import printable

#: From which share of letters in common a column is nearly one of ours.
NEAR = 0.75

#: Characters of a column's name that a message repeats.
MAX_SHOWN = 40

_LEFT_OUT = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Columns:
    """What each column of a book stands for.

    Attributes:
        known: a field by each spelling, in lower case without signs between.
        shown: the fields as the documentation spells them, for suggestions.
    """

    known: Mapping[str, str]
    shown: tuple[str, ...]

    def field(self, column: str) -> str:
        """The field that a column holds, "" for one that is not read."""
        return self.known.get(_folded(column), "")

    def read(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """The cells by field, without those that are not read.

        Raises:
            DecodeError: two columns hold the same field; it names both.
        """
        found, columns = dict[str, Any](), dict[str, str]()
        for column, value in cells.items():
            name = self.field(column)
            if not name:
                continue
            if name in columns:
                both = (printable(one, MAX_SHOWN) for one in (columns[name], column))
                what = f"columns {' and '.join(both)} both hold {name}"
                raise DecodeError(f"{what}: leave one out, or call it something else")
            found[name], columns[name] = value, column
        return found

    def unknown(self, columns: Iterable[str]) -> list[str]:
        """A warning for each column that is not read, with what may be meant."""
        return [self._warning(one) for one in columns if one and not self.field(one)]

    def _warning(self, column: str) -> str:
        near = get_close_matches(_folded(column), self.known, 1, NEAR)
        shown = printable(column, MAX_SHOWN)
        if near:
            return f"column {shown} is not read; did you mean {self.known[near[0]]}?"
        return f"column {shown} is not read; known are {', '.join(self.shown)}"


def columns(spellings: Mapping[str, tuple[str, ...]]) -> Columns:
    """Columns from the other spellings of each field."""
    known = {
        _folded(one): name
        for name, others in spellings.items()
        for one in (name, *others)
    }
    return Columns(known, tuple(spellings))


@lru_cache(maxsize=1024)
def _folded(column: str) -> str:
    return _LEFT_OUT.sub("", column.strip().lower())
