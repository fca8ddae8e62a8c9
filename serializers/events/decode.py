"""Decoder of the ERP's order events: CloudEvents 1.0 as JSON."""

import re

from pydantic import ValidationError

from serializers.errors import DecodeError
from serializers.events.encode import encode
from serializers.events.event import EventLine, OrderEvent
from serializers.events.problems import joined, rule_problems, shape_problems
from serializers.events.schema import schema
from serializers.events.shape import (
    DataPart,
    EventPart,
    EventType,
    LinePart,
    ShipmentPart,
)
from serializers.formats import strict_json
from serializers.formats.ids import hash_parts
from serializers.formats.json_limits import JsonValue
from serializers.formats.text import unpadded
from serializers.shipment import Shipment

__all__ = [
    "MAX_BYTES",
    "EventLine",
    "EventType",
    "OrderEvent",
    "decode",
    "decode_value",
    "digest",
    "encode",
    "parse",
    "schema",
]

#: The most bytes of one event.
MAX_BYTES = 262_144

#: A traceparent of any version. One that is none does not refuse its event.
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def decode(body: bytes) -> OrderEvent:
    """Read one event; identifiers lose the spaces that ERPs pad them with.

    Raises:
        DecodeError: names every point found, each with its path, as
            "data.order_number: missing; data.lines[2].status: must be a text".
    """
    return decode_value(parse(body))


def parse(body: bytes) -> JsonValue:
    """Read the JSON of one event, whatever it holds.

    Raises:
        DecodeError: see `strict_json.loads`.
    """
    return strict_json.loads(body, document="event", max_bytes=MAX_BYTES)


def decode_value(value: JsonValue) -> OrderEvent:
    """Read one event from its JSON, see `decode`.

    Raises:
        DecodeError: see `decode`.
    """
    part = _part(value)
    data = part.data
    return OrderEvent(
        id=part.id,
        source=part.source,
        type=part.type,
        time_ms=part.time.ms if part.time else None,
        order_number=data.order_number,
        purchase_order=data.purchase_order or "",
        customer_id=data.customer_id or "",
        westcon_number=(data.westcon and data.westcon.order_number) or "",
        westcon_type=(data.westcon and data.westcon.order_type) or "W",
        deck_number=(data.deck and data.deck.order_number) or "",
        endpoints=_endpoints(data),
        baseline=data.baseline or False,
        lines=tuple(_event_line(line) for line in data.lines or ()),
        westcon_account=(data.westcon and data.westcon.account) or "",
        deck_site=(data.deck and data.deck.site) or "",
        null_time=part.time.text if part.time and part.time.ms is None else "",
        traceparent=trace_of(value),
    )


def trace_of(value: JsonValue) -> str:
    """The traceparent of an event, whatever else it holds; "" where there is none."""
    found = value.get("traceparent") if isinstance(value, dict) else None
    is_one = isinstance(found, str) and _TRACEPARENT.fullmatch(found)
    return str(found) if is_one else ""


def digest(source: str, id: str) -> str:  # noqa: A002 - CloudEvents' own word
    """Name an event by its source and id, in 32 hexadecimal digits."""
    return hash_parts(source, id).hex()[:32]


def _part(value: JsonValue) -> EventPart:
    problems: list[str] = []
    try:
        part = EventPart.model_validate(value)
    except ValidationError as error:
        problems.extend(shape_problems(error))
    # What is there and wrong is not missing besides.
    named = {problem.partition(": ")[0] for problem in problems}
    problems.extend(
        p for p in rule_problems(value) if p.partition(": ")[0] not in named
    )
    if problems:
        # After the except block, so that no cause carries the event's content.
        raise DecodeError(joined(problems))
    return part


def _endpoints(data: DataPart) -> tuple[str, ...] | None:
    return None if data.endpoints is None else tuple(dict.fromkeys(data.endpoints))


def _event_line(part: LinePart) -> EventLine:
    return EventLine(
        line_number=unpadded(part.line_number),
        status=(part.status or "").upper(),
        quantity=part.quantity,
        part_number=part.part_number or "",
        ship_date=part.ship_date or "",
        invoice=part.invoice or "",
        description=part.description or "",
        shipments=tuple(
            _shipment(one, part.ship_date or "") for one in part.shipments or ()
        ),
    )


def _shipment(part: ShipmentPart, ship_date: str) -> Shipment:
    return Shipment(
        date=ship_date,
        quantity=part.quantity,
        carrier=part.carrier or "",
        carrier_code=part.carrier_code or "",
        warehouse=part.warehouse or "",
        tracking_numbers=tuple(dict.fromkeys(part.tracking_numbers or ())),
        serial_numbers=tuple(dict.fromkeys(part.serial_numbers or ())),
    )
