"""Shape of an ERP event on the wire, declared once for reading and schema.

Every optional member may be null, which is the same as absent. Members that are
not declared are ignored: CloudEvents allows extensions, and producers grow.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from serializers.events import patterns
from serializers.formats import instants, quantities

MAX_ID = 256
MAX_ORDER_NUMBER = 128
MAX_NAME = 64
MAX_LINES = 1_000
MAX_SHIPMENTS = 100
#: Tracking numbers, and serial numbers, of one shipment.
MAX_PIECES = 1_000
MAX_ENDPOINTS = 100
MAX_DESCRIPTION = 1_000

_CONTROL = re.compile(patterns.CONTROLS)
_CONTENT_TYPE = re.compile(patterns.CONTENT_TYPE)
_DATE = re.compile(patterns.DATE)
_QUANTITY = re.compile(patterns.QUANTITY)


class EventType(StrEnum):
    """What can happen to an order in the ERP."""

    PLACED = "order.placed"
    CUSTOMER_LINKED = "order.customer_linked"
    STATUS_CHANGED = "order.status_changed"
    CANCELLED = "order.cancelled"
    RETURNED = "order.returned"


@dataclass(frozen=True, slots=True)
class Needed:
    """What `data` must have for a type of event: a member, and members of its lines."""

    member: str
    of_lines: tuple[str, ...] = ()


#: By type; what every event needs is in the parts below.
NEEDED: Mapping[EventType, Needed] = {
    EventType.CUSTOMER_LINKED: Needed("customer_id"),
    EventType.STATUS_CHANGED: Needed("lines", ("status",)),
    EventType.RETURNED: Needed("lines", ("quantity",)),
}


def _visible(text: str) -> str:
    # Most identifiers are printable, and asking for that is the cheaper test.
    if not text.isprintable() and _CONTROL.search(text):
        raise PydanticCustomError("text", "must not hold control characters")
    return text


def _stripped(text: str) -> str:
    # ERPs pad their columns with spaces, which must not make another order.
    return _visible(text).strip()


@dataclass(frozen=True, slots=True)
class WrittenTime:
    """An instant as it was written; `ms` is None where it stands for none."""

    text: str
    ms: int | None


def _written_time(value: object) -> WrittenTime:
    text = value if isinstance(value, str) else "not a text"
    if not text:
        # A column without a value is written as an empty text, as days are.
        return WrittenTime(text, None)
    try:
        return WrittenTime(text, instants.milliseconds(text))
    except ValueError as error:
        raise PydanticCustomError("instant", "{why}", {"why": str(error)}) from None


def _quantity(value: object) -> str:
    match value:
        case None:
            return ""
        case str() if _QUANTITY.fullmatch(value):
            if not value.strip():
                return ""
            quantity = quantities.plain_quantity(value)
        case int() | float():
            quantity = quantities.plain_number(value)
        case _:
            quantity = ""
    if not quantity:
        what = "must be a plain decimal number of at most {whole} digits before the "
        what += "point and {decimals} after it"
        limits = {
            "whole": quantities.MAX_WHOLE,
            "decimals": quantities.MAX_DECIMALS,
        }
        raise PydanticCustomError("quantity", what, limits)
    return quantity


def _date(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise PydanticCustomError("date", "must be a day, as YYYY-MM-DD")
    counts = text[:4] >= str(instants.FIRST_YEAR)
    return instants.plain_date(text) if counts else ""


def _content_type(text: str) -> str:
    if not _CONTENT_TYPE.fullmatch(text):
        what = "must be application/json, or another name that ends in +json"
        raise PydanticCustomError("content_type", what)
    return text


_NO_CONTROLS = Field(json_schema_extra={"not": {"pattern": patterns.CONTROLS}})
_Id = Annotated[
    str, Field(min_length=1, max_length=MAX_ID), _NO_CONTROLS, AfterValidator(_visible)
]
_Number = Annotated[
    str, Field(max_length=MAX_ID), _NO_CONTROLS, AfterValidator(_stripped)
]
#: Of an account or a site; the settings have no longer ones.
_Name = Annotated[
    str, Field(max_length=MAX_NAME), _NO_CONTROLS, AfterValidator(_stripped)
]
_OrderNumber = Annotated[
    str,
    Field(min_length=1, max_length=MAX_ORDER_NUMBER, pattern=r"\S"),
    _NO_CONTROLS,
    AfterValidator(_stripped),
]
_Code = Annotated[
    str,
    Field(min_length=1, max_length=MAX_ID, pattern=r"\S"),
    _NO_CONTROLS,
    AfterValidator(_stripped),
]
_Time = Annotated[
    WrittenTime,
    PlainValidator(_written_time),
    WithJsonSchema(patterns.text(patterns.TIME)),
]
_Quantity = Annotated[
    str,
    BeforeValidator(_quantity),
    WithJsonSchema(patterns.quantity()),
]
_Date = Annotated[
    str,
    AfterValidator(_date),
    WithJsonSchema(patterns.text(patterns.DATE)),
]
_ContentType = Annotated[
    str,
    AfterValidator(_content_type),
    WithJsonSchema(patterns.text(patterns.CONTENT_TYPE)),
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


_Pieces = Annotated[list[_Code], Field(max_length=MAX_PIECES)]


class ShipmentPart(_Part):
    """One shipment of a line; its day is the line's ship_date."""

    carrier: _Number | None = None
    carrier_code: _Number | None = None
    warehouse: _Number | None = None
    tracking_numbers: _Pieces | None = None
    serial_numbers: _Pieces | None = None
    quantity: _Quantity = ""


_Shipments = Annotated[list[ShipmentPart], Field(max_length=MAX_SHIPMENTS)]


class LinePart(_Part):
    """One line, in Westcon's codes; which members it needs is in `NEEDED`."""

    line_number: _Code
    status: _Code | None = None
    quantity: _Quantity = ""
    part_number: _Number | None = None
    ship_date: _Date | None = None
    invoice: _Number | None = None
    shipments: _Shipments | None = None
    description: Annotated[str, Field(max_length=MAX_DESCRIPTION)] | None = None


class WestconPart(_Part):
    """Where Westcon knows the order, and by which of our accounts there."""

    order_number: _Number | None = None
    order_type: Literal["W", "C"] | None = None
    account: _Name | None = None


class DeckPart(_Part):
    """Where DECK Commerce knows the order, and at which of our sites."""

    order_number: _Number | None = None
    site: _Name | None = None


class DataPart(_Part):
    """The event's own content."""

    order_number: _OrderNumber
    purchase_order: _Number | None = None
    customer_id: _Number | None = None
    westcon: WestconPart | None = None
    deck: DeckPart | None = None
    endpoints: Annotated[list[_Code], Field(max_length=MAX_ENDPOINTS)] | None = None
    baseline: bool | None = None
    lines: Annotated[list[LinePart], Field(max_length=MAX_LINES)] | None = None


class EventPart(_Part):
    """The CloudEvents 1.0 envelope."""

    specversion: Literal["1.0"]
    id: _Id
    source: _Id
    type: Annotated[EventType, Field(strict=False)]
    time: _Time | None = None
    subject: _Number | None = None
    datacontenttype: _ContentType | None = None
    data_base64: None = None
    data: DataPart
