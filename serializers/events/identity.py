"""Idempotency key of an event: a digest of its meaning, not of its bytes.

Its mark is a format's tag and a digest of what decoding made of it, of the exact
instant and quantities, and of the members that are not read. So members may come in
any order, with blanks anywhere; numbers are compared as decimals, null is absent, and
how the content is written (`datacontenttype`) does not count.
"""

import hashlib
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from json import JSONEncoder
from typing import Final

from pydantic import BaseModel

from serializers.events.event import EventLine, OrderEvent
from serializers.events.shape import (
    DataPart,
    DeckPart,
    EventPart,
    LinePart,
    WestconPart,
)
from serializers.formats.json_limits import JsonValue
from serializers.formats.strict_json import exact, exact_decimal

#: Leads every mark of this format, to which the parts and their order belong.
TAG: Final = "2:"

#: The parts of an event besides its source and id, in the order of a mark.
PARTS: Final = (
    "type",
    "time",
    "data.order_number",
    "data.purchase_order",
    "data.customer_id",
    "data.westcon",
    "data.deck",
    "data.endpoints",
    "data.baseline",
    "data.lines",
    "members that are not read",
)

_DIGEST_BYTES = 16
_DECLARED: Mapping[type[BaseModel], frozenset[str]] = {
    part: frozenset(part.model_fields) for part in (EventPart, DataPart)
} | {
    # What had no shape at first stays among the members that are not read: so an event
    # keeps its mark from release to release.
    LinePart: frozenset(LinePart.model_fields) - {"shipments"},
    WestconPart: frozenset(WestconPart.model_fields) - {"account"},
    DeckPart: frozenset(DeckPart.model_fields) - {"site"},
}
_FRACTION = re.compile(r"\.[0-9]{3}([0-9]+)")
_text = JSONEncoder().encode

Members = Mapping[str, JsonValue]


def mark(event: OrderEvent, value: JsonValue) -> str:
    """Give the mark of an event, in 38 characters of ASCII.

    Args:
        event: as it was decoded.
        value: the JSON from which it was decoded.
    """
    # Decoding has made sure that it is an object.
    parts = _parts(event, value if isinstance(value, dict) else {})
    digest = hashlib.sha256(_joined(parts).encode()).digest()[:_DIGEST_BYTES]
    # One byte for each part shows later in which of them two events differ.
    single = bytes([zlib.crc32(part.encode()) & 0xFF for part in parts])
    return TAG + urlsafe_b64encode(digest + single).decode()


def differences(one: str, other: str) -> tuple[str, ...]:
    """Name the parts in which two marks differ, as far as they show it.

    One difference in 256 is missed. None is named for marks of another format.
    """
    if not (one.startswith(TAG) and other.startswith(TAG)):
        return ()
    bytes_of = (urlsafe_b64decode(each.removeprefix(TAG)) for each in (one, other))
    ours, theirs = (each[_DIGEST_BYTES:] for each in bytes_of)
    if not len(ours) == len(theirs) == len(PARTS):
        return ()
    return tuple(name for name, a, b in zip(PARTS, ours, theirs, strict=True) if a != b)


def canonical(value: JsonValue) -> str:
    """Write JSON in its one spelling: names in order, no nulls, exact numbers."""
    match value:
        case dict():
            return "{" + ",".join(_members(value)) + "}"
        case list():
            return "[" + ",".join(map(canonical, value)) + "]"
        case str() | bool() | None:
            return _text(value)
        case _:
            return exact(value)


def _members(value: Members) -> Iterator[str]:
    for name, member in sorted(value.items()):
        if member is not None:
            yield f"{_text(name)}:{canonical(member)}"


def _parts(event: OrderEvent, value: Members) -> tuple[str, ...]:
    data = _object(value, "data")
    raw_lines = _lines(data)
    lines = zip(event.lines, raw_lines, strict=True)
    return (
        event.type.value,
        _instant(event, value),
        event.order_number,
        event.purchase_order,
        event.customer_id,
        event.westcon_type + event.westcon_number,
        event.deck_number or event.order_number,
        "all" if event.endpoints is None else _joined(event.endpoints),
        "baseline" if event.baseline else "",
        "".join([_line_meaning(line, raw) for line, raw in lines]),
        _unread(value, data, raw_lines),
    )


def _joined(texts: Iterable[str]) -> str:
    """Each text with its length before it, so that no two lists are alike."""
    return "".join([f"{len(text)}:{text}" for text in texts])


def _instant(event: OrderEvent, value: Members) -> str:
    """The moment, finer than decoding reads it where it was written finer."""
    if event.time_ms is None:
        return ""
    finer = _FRACTION.search(str(value.get("time")))
    return f"{event.time_ms}.{finer[1].rstrip('0') if finer else ''}"


def _line_meaning(line: EventLine, raw: Members) -> str:
    quantity = raw.get("quantity")
    written = exact(quantity) if isinstance(quantity, int | float) else line.quantity
    return _joined(
        (
            line.line_number,
            line.status,
            written and exact_decimal(written),
            line.part_number,
            line.ship_date,
            line.invoice,
            line.description,
        )
    )


def _unread(value: Members, data: Members, lines: Sequence[Members]) -> str:
    """The members that no part declares, each level's as one object."""
    levels = (
        _others(EventPart, value),
        _others(DataPart, data),
        _others(WestconPart, _object(data, "westcon")),
        _others(DeckPart, _object(data, "deck")),
        *[_others(LinePart, line) for line in lines],
    )
    return "".join(levels)


def _others(part: type[BaseModel], value: Members) -> str:
    names = value.keys() - _DECLARED[part]
    return canonical({n: value[n] for n in names}) if names else "{}"


def _object(value: Members, name: str) -> Members:
    member = value.get(name)
    return member if isinstance(member, dict) else {}


def _lines(data: Members) -> list[Members]:
    lines = data.get("lines")
    found = lines if isinstance(lines, list) else []
    return [one for one in found if isinstance(one, dict)]
