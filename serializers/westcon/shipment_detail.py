"""Westcon's shipment detail: query, and reply decoded by its content.

The reply ties neither parcels nor serial numbers to lines, unless a row names one. Its
envelope may be missing, one object may stand for a list of one, and keys come in any
case; so a row is known by its members alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from serializers.drift.contract import Seen, unseen
from serializers.errors import DecodeError
from serializers.formats import lenient_json, strict_json
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import text_of
from serializers.formats.text import Hide, unpadded, visible
from serializers.westcon.refusal import refusal

DOCUMENT = "Westcon shipment detail"

#: The envelope of the request; the reply's is spelled otherwise, or missing.
ENVELOPE = "mT_OrderTrack_API_Req"

#: A thousand parcels and ten thousand serial numbers fit with room to spare.
MAX_BYTES = 2 * 1_048_576

#: So many parcels, and so many serial numbers, are kept of one reply.
MAX_ROWS = 1_000

#: Characters of one value; no value of Westcon's comes near.
MAX_CELL = 100

#: Objects and lists inside one another, and JSON texts inside JSON.
MAX_DEPTH = 6

_SERIAL = ("manufserialno", "serialnumber", "serialno")
_TRACKING = ("trackingno", "trackingnumber")
_MAC = ("macaddress",)
_LINE = ("erporderlinenumber", "orderlinenumber", "linenumber")
_CARRIER = ("carrier", "carriername")
#: What makes an object the reply, or a part of it, even where its rows are missing.
_PARTS = frozenset(
    {"orderstatus", "ordertracking", "orderserialnum", "ordervrfdata"}
    | {"mt_ordertrack_response"}
)


@dataclass(frozen=True, slots=True)
class DetailQuery:
    """One call for one order.

    Attributes:
        partner_key: the reseller's identifier, given by Westcon.
        order_type: "W" for Westcon's order numbers, "C" for the customer's.
        language: of the descriptions, "EN".
        order_number: unpadded, as the order-status question has it.
    """

    partner_key: str = field(repr=False)
    order_type: str
    language: str
    order_number: str


def encode_detail_query(query: DetailQuery) -> bytes:
    """Write the body of POST /shipping/ShipmentDetail; equal queries give equal bytes.

    Tracking and serial numbers are asked for, the vendor's reference fields are not.

    Raises:
        EncodeError: a text holds half a surrogate pair.
    """
    return strict_json.dumps(
        {
            ENVELOPE: {
                "partnerKey": query.partner_key,
                "orderType": query.order_type,
                "language": query.language,
                "orderNumber": query.order_number,
                "trackingData": "Y",
                "serialData": "Y",
                "vrfData": "N",
            }
        }
    )


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row of OrderTracking.

    Attributes:
        tracking_number: never "".
        carrier: its name or a short form of it, as Westcon writes it; may be "".
        line_number: without leading zeros; "" where the row names none, as usual.
    """

    tracking_number: str
    carrier: str = ""
    line_number: str = ""


@dataclass(frozen=True, slots=True)
class Serial:
    """One row of OrderSerialNum.

    Attributes:
        number: the manufacturer's serial number; "" where there is a MAC address alone.
        mac_address: as Westcon writes it; may be "".
        line_number: without leading zeros; "" where the row names none, as usual.
    """

    number: str
    mac_address: str = ""
    line_number: str = ""


@dataclass(frozen=True, slots=True)
class ShipmentDetail:
    """What Westcon knows of an order's parcels; empty before anything has left.

    No text holds a control character or another one that cannot be seen.

    Attributes:
        orders: Westcon's orders that the reply names, without leading zeros, each once.
        parcels: each once, in the reply's order.
        serials: each once, in the reply's order.
        left_out: how many rows there were beyond `MAX_ROWS` of a kind.
    """

    orders: tuple[str, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    serials: tuple[Serial, ...] = ()
    left_out: int = 0


def decode_detail(body: bytes, hide: Hide = str, seen: Seen = unseen) -> ShipmentDetail:
    """Read the rows; a body of blanks, or one without rows, is an order without any.

    Args:
        body: the bytes as they came.
        hide: puts masks over secrets in what an error block states.
        seen: is shown the document, where there is one.

    Raises:
        DecodeError: an HTML page, invalid JSON, something else altogether, or an error
            block without rows beside it, whose code and description the message has.
    """
    if not body.strip():
        return ShipmentDetail()
    value = lenient_json.loads(body, document=DOCUMENT, max_bytes=MAX_BYTES)
    seen(value)
    objects = list(_objects(value, MAX_DEPTH))
    detail = _detail(objects)
    if detail == ShipmentDetail():
        _check_empty(value, objects, hide)
    return detail


def _objects(value: JsonValue, depth: int) -> Iterator[dict[str, JsonValue]]:
    """Every object of the document, in the order in which they begin."""
    if not depth:
        return
    match value:
        case dict():
            yield value
            for member in value.values():
                yield from _objects(member, depth - 1)
        case list():
            for item in value:
                yield from _objects(item, depth - 1)
        case str() if value.lstrip().startswith(("{", "[")):
            yield from _objects(_inner(value), depth - 1)
        case _:
            return


def _inner(text: str) -> JsonValue:
    """JSON inside a text; a text that only begins like it is a text."""
    try:
        return lenient_json.loads_text(text, document=DOCUMENT)
    except DecodeError:
        return None


def _detail(objects: list[dict[str, JsonValue]]) -> ShipmentDetail:
    orders = (unpadded(_cell(row, ("erpordernumber",))) for row in objects)
    parcels = tuple(dict.fromkeys(filter(None, map(_parcel, objects))))
    serials = tuple(dict.fromkeys(filter(None, map(_serial, objects))))
    beyond = (len(rows) - MAX_ROWS for rows in (parcels, serials))
    return ShipmentDetail(
        orders=tuple(dict.fromkeys(filter(None, orders)))[:MAX_ROWS],
        parcels=parcels[:MAX_ROWS],
        serials=serials[:MAX_ROWS],
        left_out=sum(max(0, more) for more in beyond),
    )


def _parcel(row: dict[str, JsonValue]) -> Parcel | None:
    number = _cell(row, _TRACKING)
    if not number:
        return None
    return Parcel(number, _cell(row, _CARRIER), unpadded(_cell(row, _LINE)))


def _serial(row: dict[str, JsonValue]) -> Serial | None:
    number, mac_address = _cell(row, _SERIAL), _cell(row, _MAC)
    if not (number or mac_address):
        return None
    return Serial(number, mac_address, unpadded(_cell(row, _LINE)))


def _cell(row: dict[str, JsonValue], names: tuple[str, ...]) -> str:
    cells = (visible(text_of(row.get(name)), MAX_CELL) for name in names)
    return next(filter(None, cells), "")


def _check_empty(
    value: JsonValue, objects: list[dict[str, JsonValue]], hide: Hide
) -> None:
    """Distinguish an order without parcels from an error, and from foreign JSON."""
    for one in objects:
        if (why := refusal(one, hide)) is not None:
            raise DecodeError(f"{DOCUMENT}: {why}")
    if value and not any(_PARTS & one.keys() for one in objects):
        raise DecodeError(f"{DOCUMENT}: neither shipments nor an error block")
