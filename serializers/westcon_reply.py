"""Westcon's order-status reply, read by its content.

The header's content type, the envelope, the case of keys and even the nesting
differ between Westcon's interfaces and over time; so the body alone decides.
"""

from dataclasses import dataclass

from serializers import lenient_json
from serializers.dates import plain_date
from serializers.errors import DecodeError
from serializers.json_limits import JsonValue
from serializers.lenient_json import text_of
from serializers.plain_text import unpadded, without_controls
from serializers.quantities import plain_quantity
from serializers.westcon_refusal import refusal

DOCUMENT = "Westcon order status"

#: Ten orders of a thousand lines each fit with room to spare.
MAX_BYTES = 8 * 1_048_576

#: Envelopes inside one another, and JSON texts inside JSON.
MAX_WRAPPERS = 4

#: Characters of one value; no value of Westcon's comes near.
MAX_CELL = 500

_LINE_KEYS = frozenset({"erpordernumber", "customerordernumber", "linestatuscode"})


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One line of one order; a reply is a bare list of these.

    Attributes:
        order_number: Westcon's, without the zeros that pad it to ten characters.
        line_number: without leading zeros.
        customer_order_number: as the customer gave it.
        customer_line_number: as the customer gave it; often "".
        product_number: Westcon's.
        quantity: a plain decimal, "" if absent or unreadable.
        unit: such as "EA".
        status: an upper-case code of an open set (INV, SHI, NAO, …).
        description: for people only, never for logic.
        status_date: YYYY-MM-DD or "".
        ship_date: YYYY-MM-DD or "".
        invoice: the billing document, "" before there is one.
        parent_line: the line that this one is a part of, "" for none.
        estimated_ship_date: YYYY-MM-DD or "".
        estimated_delivery_date: YYYY-MM-DD or "".
        vendor_order_number: the vendor's sales order.
    """

    order_number: str
    line_number: str
    customer_order_number: str
    customer_line_number: str
    product_number: str
    quantity: str
    unit: str
    status: str
    description: str
    status_date: str
    ship_date: str
    invoice: str
    parent_line: str
    estimated_ship_date: str = ""
    estimated_delivery_date: str = ""
    vendor_order_number: str = ""


def decode_reply(body: bytes) -> tuple[StatusLine, ...]:
    """Read the lines, in the order they came.

    An order may be missing from them, and one that Westcon does not know comes
    as a line with status NAO. Where lines and error blocks are mixed, the lines
    count: the orders behind the blocks are then missing.

    Raises:
        DecodeError: an HTML page, nothing, invalid JSON, or an error block whose
            code and description the message carries.
    """
    value = lenient_json.loads(body, document=DOCUMENT, max_bytes=MAX_BYTES)
    items = _items(value)
    lines = tuple(_line(item) for item in items if _is_line(item))
    if items and not lines:
        raise DecodeError(f"{DOCUMENT}: {_complaint(items)}")
    return lines


def _items(value: JsonValue) -> list[JsonValue]:
    """Take off what is wrapped round the list."""
    for _ in range(MAX_WRAPPERS):
        match value:
            case list():
                return value
            case str():
                value = lenient_json.loads_text(value, document=DOCUMENT)
            case dict() if not _is_line(value) and refusal(value) is None:
                value = _inner(value)
            case _:
                break
    return value if isinstance(value, list) else [value]


def _inner(wrapper: dict[str, JsonValue]) -> JsonValue:
    named = [key for key in wrapper if "orderstatus" in key or len(wrapper) == 1]
    if len(named) != 1:
        raise DecodeError(f"{DOCUMENT}: neither order lines nor an error block")
    value = wrapper[named[0]]
    # An envelope round nothing is an answer without lines; SAP writes an empty
    # list as an empty text.
    return [] if value in (None, "") else value


def _is_line(item: JsonValue) -> bool:
    return isinstance(item, dict) and not _LINE_KEYS.isdisjoint(item)


def _complaint(items: list[JsonValue]) -> str:
    texts = (refusal(item) for item in items if isinstance(item, dict))
    return next((text for text in texts if text), "neither order lines nor an error")


def _line(item: JsonValue) -> StatusLine:
    # _is_line has let objects through alone; the other branch is for mypy.
    cells = item if isinstance(item, dict) else {}

    def cell(name: str) -> str:
        return text_of(cells.get(name))[:MAX_CELL]

    return StatusLine(
        order_number=unpadded(cell("erpordernumber")),
        line_number=unpadded(cell("erporderlinenumber")),
        customer_order_number=cell("customerordernumber"),
        customer_line_number=cell("customerlinenumber"),
        product_number=cell("erpproductnumber"),
        quantity=plain_quantity(cell("linequantity")),
        unit=cell("unitofmeasure"),
        status=cell("linestatuscode").upper(),
        description=without_controls(cell("linestatusdescription"), MAX_CELL),
        status_date=plain_date(cell("statusdate")),
        ship_date=plain_date(cell("shipdate")),
        invoice=_unless_zeros(cell("billingdocument")),
        parent_line=_unless_zeros(unpadded(cell("parenterpline"))),
        estimated_ship_date=plain_date(cell("estimatedshipdate")),
        estimated_delivery_date=plain_date(cell("estimateddeliverydate")),
        vendor_order_number=cell("vendorsalesordernumber"),
    )


def _unless_zeros(number: str) -> str:
    """SAP writes zeros where there is no number."""
    return number if number.strip("0") else ""
