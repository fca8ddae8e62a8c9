"""Masked sample of an answer: its structure, and of its values what is harmless.

A text becomes its length, a number how many digits it has. Shown are codes of members
that are known to hold codes, dates and quantities as patterns, and of the member that
is new what can only be a constant of a program.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from serializers.drift.contract import Many, Members, Node, Scalar
from serializers.drift.differences import Difference
from serializers.drift.words import (
    OTHER,
    is_constant,
    is_written,
    pattern,
    shown_code,
    shown_name,
)
from serializers.formats.json_limits import JsonValue
from serializers.formats.text import Hide

#: Bytes of one sample, at most.
MAX_BYTES: Final = 4_096

#: Members of an object, items of a list, and depth, that a sample shows.
MAX_MEMBERS, MAX_ITEMS, MAX_DEPTH = 30, 3, 5
#: A number of so few digits is nobody's.
_SHORT: Final = 3

#: Bytes that are looked through for how names are spelled.
_LOOKED: Final = 262_144
_SPELLED = re.compile(rb'"([^"\\\x00-\x1f]{1,60})"\s*:')


def of_difference(found: Difference, body: bytes, hide: Hide) -> str:
    """The object in which it stands, masked, with names spelled as they came.

    Args:
        found: from the document.
        body: from which the document was read.
        hide: puts masks over secrets.
    """
    made = _Sample(found.name, _spellings(body))
    return _written({"in": made.of(found.holder, found.known, MAX_DEPTH)}, hide)


def of_head(status: int, headers: Mapping[str, str], new: str, hide: Hide) -> str:
    """Status and the names of headers; of the new one the pattern of its value."""
    names = sorted(map(shown_name, headers))[:MAX_MEMBERS]
    sample: dict[str, object] = {"status": status, "headers": names}
    if new in headers:
        sample[shown_name(new)] = _described(headers[new])
    return _written(sample, hide)


def of_body(status: int, headers: Mapping[str, str], body: bytes, hide: Hide) -> str:
    """How long a document is of which nothing can be shown, and what it began with."""
    kind = headers.get("content-type", "")
    first = body.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1].decode("ascii", "replace")
    sample = {"status": status, "bytes": len(body), "content-type": _described(kind)}
    if first and not first.isalnum() and first.isprintable():
        sample["begins"] = first
    return _written(sample, hide)


def of_value(name: str, text: str, hide: Hide) -> str:
    """A value that is known by its name: a code, or the pattern of what is none."""
    shown = shown_code(text)
    return _written({name: pattern(text) if shown == OTHER else shown}, hide)


def _written(sample: Mapping[str, object], hide: Hide) -> str:
    # Masked before the cut: half a secret at the end would not be found.
    text = hide(json.dumps(sample))
    return text if len(text) <= MAX_BYTES else f"{text[: MAX_BYTES - 3]}..."


def _spellings(body: bytes) -> Mapping[str, str]:
    names = _SPELLED.findall(body[:_LOOKED])
    spelled = (name.decode("utf-8", "replace") for name in dict.fromkeys(names))
    return {name.lower(): name for name in spelled}


class _Sample:
    """Masks one document.

    Args:
        new: the member whose value is shown if it is a constant.
        spelled: names by their lower case.
    """

    def __init__(self, new: str, spelled: Mapping[str, str]) -> None:
        self._new = new
        self._spelled = spelled

    def of(self, value: JsonValue, known: Node | None, depth: int) -> object:
        match value:
            case dict() | list() if not depth:
                return "<object>" if isinstance(value, dict) else "<list>"
            case dict():
                return self._members(value, known, depth)
            case list():
                item = known.item if isinstance(known, Many) else None
                shown = [self.of(one, item, depth - 1) for one in value[:MAX_ITEMS]]
                return shown + _more(len(value) - MAX_ITEMS, "items")
            case _:
                return _scalar(value, known)

    def _members(
        self, value: dict[str, JsonValue], known: Node | None, depth: int
    ) -> object:
        nodes = known.known if isinstance(known, Members) else {}
        # The new one first, so that no cut takes it away.
        names: Iterable[str] = sorted(value, key=lambda name: name != self._new)
        shown = {
            shown_name(self._spelled.get(name, name)): _constant(value[name])
            if name == self._new and not isinstance(value[name], dict | list)
            else self.of(value[name], nodes.get(name), depth - 1)
            for name in list(names)[:MAX_MEMBERS]
        }
        left = _more(len(value) - MAX_MEMBERS, "members")
        return shown | dict.fromkeys(left, "")


def _more(count: int, what: str) -> list[str]:
    return [f"<{count} more {what}>"] if count > 0 else []


def _scalar(value: JsonValue, known: Node | None) -> object:
    shown = known.shown if isinstance(known, Scalar) else "nothing"
    if not isinstance(value, str):
        return _number(value)
    if shown == "code" and (code := shown_code(value)) != OTHER:
        return code
    if shown == "pattern" and is_written(value):
        return pattern(value)
    return value and f"<text {len(value)}>"


def _constant(value: JsonValue) -> object:
    if not isinstance(value, str):
        return _number(value)
    return value if not value or is_constant(value) else _described(value)


def _described(text: str) -> str:
    return pattern(text) if is_written(text) else f"<text {len(text)}>"


def _number(value: JsonValue) -> object:
    """A truth, null or a short number; of a longer one how many digits it has."""
    if value is None or isinstance(value, bool):
        return value
    digits = sum(letter.isdigit() for letter in repr(value))
    return value if digits <= _SHORT else f"<number {digits}>"
