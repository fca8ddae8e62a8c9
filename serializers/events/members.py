"""Undeclared members of an event's data: slips of the pen, extensions."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import BaseModel

from serializers.events.problems import joined
from serializers.events.shape import (
    DataPart,
    DeckPart,
    LinePart,
    ShipmentPart,
    WestconPart,
)
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import objects_of
from serializers.formats.text import printable

#: From which share of letters in common a name is nearly one of ours: one letter that
#: is wrong, missing or too many in a name of seven.
NEAR = 0.85

#: So many are named of one event, each with so many characters.
MAX_NAMED, MAX_NAME = 20, 60

_ENDS = re.compile(r"[\s;:]")

#: The members that hold objects, and what those declare.
_INNER: Mapping[type[BaseModel], Mapping[str, type[BaseModel]]] = {
    DataPart: {"westcon": WestconPart, "deck": DeckPart, "lines": LinePart},
    LinePart: {"shipments": ShipmentPart},
}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A member that nobody reads.

    Attributes:
        path: where it stands, printable, as "data.lines[2].quantitiy".
        meant: the member of ours that it nearly is, "" for an extension.
    """

    path: str
    meant: str = ""

    @property
    def problem(self) -> str:
        """Why a checked event is refused for it."""
        if self.meant:
            return f"{self.path}: did you mean {self.meant}?"
        return f"{self.path}: is not declared, and WAYBILL_STRICT_EVENTS allows no more"


def refused(unknown: Iterable[Unknown]) -> str:
    """Write the problems as the message of a refusal."""
    return joined([one.problem for one in unknown])


def unknown_members(event: JsonValue) -> tuple[Unknown, ...]:
    """Find the members of `data`, at every level, that are not declared.

    A name that only differs in case or in separators from one of ours, in a letter, or
    in the order of its letters, is nearly ours. Members that are null are absent.

    Args:
        event: the JSON of an event that has been decoded.
    """
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return ()
    found = _found(DataPart, data, "data")
    return tuple(one for _, one in zip(range(MAX_NAMED), found, strict=False))


def _found(
    part: type[BaseModel], members: Mapping[str, JsonValue], path: str
) -> Iterator[Unknown]:
    declared = part.model_fields
    for name, value in members.items():
        if name not in declared and value is not None:
            meant = nearest(name, declared)
            yield Unknown(f"{path}.{_shown(name)}", meant)
    for name, inner in _INNER.get(part, {}).items():
        value = members.get(name)
        for at, one in enumerate(objects_of(value)):
            index = f"[{at}]" if isinstance(value, list) else ""
            yield from _found(inner, one, f"{path}.{name}{index}")


def _shown(name: str) -> str:
    """A name in which nothing ends a path, for a list of problems."""
    return _ENDS.sub("?", printable(name, MAX_NAME))


def nearest(name: str, declared: Mapping[str, object]) -> str:
    """The declared name that this one nearly is, or ""."""
    folded = {_folded(one): one for one in declared}
    own = _folded(name)
    # A name that goes on, as purchase_order_date, is a name of its own.
    alike = [one for one in folded if abs(len(one) - len(own)) <= 1]
    # The same letters in another order: "costumer_id".
    close = [one for one in alike if sorted(one) == sorted(own)]
    close += get_close_matches(own, alike, n=1, cutoff=NEAR)
    return folded[close[0]] if close else ""


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))[:MAX_NAME]
