"""The shape of an ERP event on the wire, declared once for reading and schema.

Every optional member may be null, which is the same as absent. Members that are
not declared are ignored: CloudEvents allows extensions, and producers grow.
"""

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from serializers import dates, instants, quantities

MAX_ID = 256
MAX_ORDER_NUMBER = 128
MAX_LINES = 1_000
MAX_ENDPOINTS = 100
MAX_DESCRIPTION = 1_000

_CONTROLS = r"[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]"
_CONTROL = re.compile(_CONTROLS)
_CONTENT_TYPE = r"^application/json *(;.*)?$"
_DATE = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8})?$"
_QUANTITY = r"^\s*([+-]?[0-9]+(\.[0-9]*)?)?\s*$"


class EventType(StrEnum):
    """What can happen to an order in the ERP."""

    PLACED = "order.placed"
    CUSTOMER_LINKED = "order.customer_linked"
    STATUS_CHANGED = "order.status_changed"
    CANCELLED = "order.cancelled"


def _visible(text: str) -> str:
    # Most identifiers are printable, and asking for that is the cheaper test.
    if not text.isprintable() and _CONTROL.search(text):
        raise PydanticCustomError("text", "must not hold control characters")
    return text


def _stripped(text: str) -> str:
    # ERPs pad their columns with spaces, which must not make another order.
    return _visible(text).strip()


def _instant(value: object) -> int:
    try:
        return instants.milliseconds(value if isinstance(value, str) else "")
    except ValueError:
        what = "must be an RFC 3339 date-time with an offset"
        raise PydanticCustomError("instant", what) from None


def _quantity(value: object) -> str:
    match value:
        case None:
            return ""
        case str() if not value.strip():
            return ""
        case str():
            quantity = quantities.plain_quantity(value)
        case int() | float():
            quantity = quantities.plain_number(value)
        case _:
            quantity = ""
    if not quantity:
        raise PydanticCustomError("quantity", "must be a plain decimal number")
    return quantity


def _date(text: str) -> str:
    day = dates.plain_date(text)
    if text.strip("0") and not day:
        raise PydanticCustomError("date", "must be a day, as YYYY-MM-DD")
    return day


_NO_CONTROLS = Field(json_schema_extra={"not": {"pattern": _CONTROLS}})
_Id = Annotated[
    str, Field(min_length=1, max_length=MAX_ID), _NO_CONTROLS, AfterValidator(_visible)
]
_Number = Annotated[
    str, Field(max_length=MAX_ID), _NO_CONTROLS, AfterValidator(_stripped)
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
_Instant = Annotated[
    int,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
_Quantity = Annotated[
    str,
    BeforeValidator(_quantity),
    WithJsonSchema({"type": ["string", "number", "null"], "pattern": _QUANTITY}),
]
_Date = Annotated[str, Field(pattern=_DATE), AfterValidator(_date)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class LinePart(_Part):
    """One line, in Westcon's codes."""

    line_number: _Code
    status: _Code
    quantity: _Quantity = ""
    part_number: _Number | None = None
    ship_date: _Date | None = None
    invoice: _Number | None = None
    description: Annotated[str, Field(max_length=MAX_DESCRIPTION)] | None = None


class WestconPart(_Part):
    """Where Westcon knows the order."""

    order_number: _Number | None = None
    order_type: Literal["W", "C"] | None = None


class DeckPart(_Part):
    """Where DECK Commerce knows the order."""

    order_number: _Number | None = None


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
    time: _Instant | None = None
    subject: _Number | None = None
    datacontenttype: Annotated[str, Field(pattern=_CONTENT_TYPE)] | None = None
    data_base64: None = None
    data: DataPart
