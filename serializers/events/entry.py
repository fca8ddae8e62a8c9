"""Event of one stream entry, in whichever fields it stands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from serializers.errors import DecodeError
from serializers.events import binary_mode, decode, entry_fields, identity
from serializers.events.entry_fields import Fields
from serializers.events.event import OrderEvent
from serializers.events.members import Unknown, unknown_members
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import text_of

#: The most bytes of an entry's names and values; fields for others are among them.
MAX_BYTES = 4 * decode.MAX_BYTES


@dataclass(frozen=True, slots=True)
class Read:
    """An event, the mark by which it is known again, and its members nobody reads.

    See `identity` and `members`.
    """

    event: OrderEvent
    mark: str
    unknown: tuple[Unknown, ...] = ()


def read(fields: Fields) -> Read:
    """Read the event, from the field `event` or in CloudEvents binary mode.

    Raises:
        DecodeError: as `decode.decode`; or no field or several hold the event, and
            then the message has the names of the fields.
    """
    value = value_of(fields)
    event = decode.decode_value(value)
    return Read(event, identity.mark(event, value), unknown_members(value))


def too_large(size: int) -> str:
    """State why an entry of so many bytes is refused."""
    return f"event: {size} bytes in its entry, at most {MAX_BYTES} allowed"


def value_of(fields: Fields) -> JsonValue:
    """Read the JSON; binary mode gives the same value as a whole event.

    Fields beside these are for others, and left out.

    Raises:
        DecodeError: see `read`.
    """
    bodies = entry_fields.bodies(fields)
    if len(bodies) == 1:
        return decode.parse(bodies[0])
    names = entry_fields.names(fields)
    if bodies:
        raise DecodeError(
            f"event: {len(bodies)} fields `event`, and each event needs an entry of"
            f" its own; it has: {names}"
        )
    if not binary_mode.is_meant(fields):
        raise DecodeError(f"event: no field `event`; it has: {names}")
    missing = binary_mode.missing(fields)
    if missing:
        raise DecodeError(
            f"event: no field `event`, and for binary mode no {', '.join(missing)};"
            f" it has: {names}"
        )
    return binary_mode.value_of(fields, decode.MAX_BYTES)


def named(fields: Fields) -> tuple[str, str, str]:
    """Give source, id and order number, each "" where it cannot be made out."""
    bodies = entry_fields.bodies(fields)
    if len(bodies) == 1:
        return names_of(bodies[0])
    try:
        return names_in(value_of(fields))
    except DecodeError:
        return "", "", ""


def names_of(event: bytes) -> tuple[str, str, str]:
    """Give the same of a whole event, also of one that would be refused."""
    try:
        value = json.loads(event)
    except (ValueError, RecursionError):
        return "", "", ""
    return names_in(value)


def names_in(value: object) -> tuple[str, str, str]:
    """Give the same of an event's JSON."""
    if not isinstance(value, Mapping):
        return "", "", ""
    part = value.get("data")
    number = part.get("order_number") if isinstance(part, dict) else None
    number = text_of(number) or text_of(value.get("subject"))
    return text_of(value.get("source")), text_of(value.get("id")), number
