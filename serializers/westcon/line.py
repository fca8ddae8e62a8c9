"""Line of Westcon's order-status reply: texts cleaned, values read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeGuard

from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import text_of
from serializers.formats.text import printable, unpadded, visible
from serializers.westcon.values import westcon_day, westcon_quantity

#: Characters of one value; no value of Westcon's comes near.
MAX_CELL = 500

#: Characters that are shown of a value that cannot be read.
MAX_SHOWN = 40

_KEYS = frozenset({"erpordernumber", "customerordernumber", "linestatuscode"})

#: The values that are read by a rule, as Westcon's portal spells their names.
_READ: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        "lineQuantity": westcon_quantity,
        "statusDate": westcon_day,
        "shipDate": westcon_day,
    }
)


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that no rule reads.

    Attributes:
        field: its name, as Westcon's portal spells it.
        text: as it came, at most 40 printable characters.
    """

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One line of one order; a reply is a bare list of these.

    No text holds a control character or another one that cannot be seen.

    Attributes:
        order_number: Westcon's, without the zeros that pad it to ten characters.
        line_number: without leading zeros.
        customer_order_number: as the customer gave it.
        customer_line_number: as the customer gave it; often "".
        product_number: Westcon's.
        quantity: a plain decimal, negative for a return, "" if absent or unreadable.
        status: an upper-case code of an open set (INV, SHI, NAO, …).
        status_date: YYYY-MM-DD or "".
        ship_date: YYYY-MM-DD or "".
        invoice: the billing document, "" before there is one.
        purchase_order: the purchase order to the letter, only to be compared with the
            one asked for; "" where it is `customer_order_number`.
        long_purchase_order: CustomerLongPONumber where it is yet another one, else "".
        unread: the values that are "" above because no rule reads them.
    """

    order_number: str
    line_number: str
    customer_order_number: str
    customer_line_number: str
    product_number: str
    quantity: str
    status: str
    status_date: str
    ship_date: str
    invoice: str
    purchase_order: str = ""
    long_purchase_order: str = ""
    unread: tuple[Unread, ...] = ()


def is_line(item: JsonValue) -> TypeGuard[dict[str, JsonValue]]:
    return isinstance(item, dict) and not _KEYS.isdisjoint(item)


def status_line(cells: Mapping[str, JsonValue]) -> StatusLine:
    """Read one line; any cells give a value.

    Args:
        cells: an object whose keys are in lower case.
    """

    def cell(name: str) -> str:
        return visible(text_of(cells.get(name)), MAX_CELL)

    written = {name: _written(cells.get(name.lower())) for name in _READ}
    read = {name: _READ[name](text) for name, text in written.items()}
    customer_order_number = cell("customerordernumber") or cell("customerlongponumber")
    exact, other = _purchase_orders(cells)
    return StatusLine(
        order_number=unpadded(cell("erpordernumber")),
        line_number=unpadded(cell("erporderlinenumber")),
        customer_order_number=customer_order_number,
        customer_line_number=cell("customerlinenumber"),
        product_number=cell("erpproductnumber"),
        quantity=read["lineQuantity"] or "",
        status=cell("linestatuscode").upper(),
        status_date=read["statusDate"] or "",
        ship_date=read["shipDate"] or "",
        invoice=_unless_zeros(cell("billingdocument")),
        purchase_order="" if exact == customer_order_number else exact,
        long_purchase_order=other,
        unread=tuple(
            Unread(name, printable(written[name], MAX_SHOWN))
            for name, value in read.items()
            if value is None
        ),
    )


def _purchase_orders(cells: Mapping[str, JsonValue]) -> tuple[str, str]:
    """The purchase order to the letter, and the long one where it is another.

    SAP cuts a long one for customerOrderNumber, and has the whole of it in
    CustomerLongPONumber: two that begin alike are distinguished by the latter alone.
    """
    short = text_of(cells.get("customerordernumber"))[:MAX_CELL]
    long = text_of(cells.get("customerlongponumber"))[:MAX_CELL]
    if long.casefold().startswith(short.casefold()):
        return long, ""
    return short, long


def _written(value: JsonValue) -> str:
    """What stands where a date or a quantity is expected, as a text."""
    if isinstance(value, dict | list) and value:
        return "an object" if isinstance(value, dict) else "a list"
    return text_of(value)[:MAX_CELL]


def _unless_zeros(number: str) -> str:
    """SAP writes zeros where there is no number."""
    return number if number.strip("0") else ""
