"""Columns of a book: known by several spellings, unknown ones with a suggestion."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

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


def _folded(column: str) -> str:
    return _LEFT_OUT.sub("", column.strip().lower())
