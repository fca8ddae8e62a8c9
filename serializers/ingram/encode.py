"""Encoder of Ingram Micro's order-status notification."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from serializers.formats import strict_json
from serializers.ingram.decode import decode
from serializers.ingram.notification import (
    Link,
    Notification,
    NotificationLine,
    Package,
    Resource,
    Shipment,
)

__all__ = [
    "SPELLINGS",
    "Link",
    "Notification",
    "NotificationLine",
    "Package",
    "Resource",
    "Shipment",
    "decode",
    "encode",
    "line_bytes",
]

Json = dict[str, object]

# What fits in every reader's integer, and is written the same as it is read.
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class _Spelling:
    """Where Ingram's published shapes disagree."""

    line_number: str
    backordered: str
    time_stamp: str
    integers: bool


#: Ingram publishes three shapes of this body, and which one is on the wire is
#: known to nobody but its receivers: the OpenAPI schema, which its SDKs follow;
#: that schema's own example; and the developer portal's sample, `evenTtimeStamp`
#: spelled just so.
_SPELLED: Mapping[str, _Spelling] = MappingProxyType(
    {
        "schema": _Spelling(
            "LineNumber", "backorderedQuantity", "eventTimeStamp", integers=False
        ),
        "example": _Spelling(
            "ingramLineNumber", "backOrderedQuantity", "eventTimeStamp", integers=True
        ),
        "portal": _Spelling(
            "lineNumber", "backOrderedQuantity", "evenTtimeStamp", integers=False
        ),
    }
)
SPELLINGS = tuple(_SPELLED)


def encode(notification: Notification, spelling: str) -> bytes:
    """Write the body; equal notifications give equal bytes.

    Args:
        notification: what happened. Empty texts are left out.
        spelling: one of `SPELLINGS`.

    Raises:
        KeyError: another spelling.
        EncodeError: a text holds half a surrogate pair.
    """
    spelled = _SPELLED[spelling]
    body = _filled(
        {
            "topic": notification.topic,
            "event": notification.event,
            spelled.time_stamp: notification.event_timestamp,
            "eventId": notification.event_id,
        }
    )
    body["resource"] = [_resource(each, spelled) for each in notification.resources]
    return strict_json.dumps(body)


def line_bytes(line: NotificationLine) -> int:
    """Count the bytes that a line takes in a body of the `schema` spelling.

    The other spellings differ by a few bytes.

    Raises:
        EncodeError: a text holds half a surrogate pair.
    """
    return len(strict_json.dumps(_line_json(line, _SPELLED["schema"])))


#: What a line takes in a body beside its own texts, its members' names and marks, and
#: each shipment, parcel and serial number of it, at most.
_OF_LINE, _OF_SHIPMENT, _OF_PACKAGE, _OF_SERIAL = 360, 160, 80, 24
#: The bytes of one character, which may be escaped as `\u001f`.
_OF_CHARACTER = 6


def most_bytes(line: NotificationLine) -> int:
    """A bound of `line_bytes`, for which nothing is written."""
    texts = len(
        line.line_number
        + line.sub_order_number
        + line.line_status
        + line.ingram_part_number
        + line.vendor_part_number
        + line.requested_quantity
        + line.shipped_quantity
        + line.backordered_quantity
        + line.returned_quantity
    )
    names = _OF_LINE
    for shipment in line.shipments:
        names += _OF_SHIPMENT
        texts += len(shipment.date + shipment.warehouse_id + shipment.warehouse_name)
        texts += len(shipment.carrier_code + shipment.carrier_name)
        for box in shipment.packages:
            names += _OF_PACKAGE
            texts += len(box.carton_number + box.quantity + box.tracking_number)
    for number in line.serial_numbers:
        names += _OF_SERIAL
        texts += len(number)
    return names + _OF_CHARACTER * texts


def _resource(resource: Resource, spelled: _Spelling) -> Json:
    members = _filled(
        {
            "eventType": resource.event_type,
            "orderNumber": resource.order_number,
            "customerOrderNumber": resource.customer_order_number,
            "orderEntryTimeStamp": resource.order_entry_timestamp,
        }
    )
    members["lines"] = [_line_json(line, spelled) for line in resource.lines]
    if resource.links:
        members["links"] = [_link(link) for link in resource.links]
    return members


def _link(link: Link) -> Json:
    return _filled({"topic": link.topic, "href": link.href, "type": link.method})


def _line_json(line: NotificationLine, spelled: _Spelling) -> Json:
    quantities: tuple[object, ...] = (
        line.requested_quantity,
        line.shipped_quantity,
        line.backordered_quantity,
        line.returned_quantity,
    )
    if spelled.integers:
        quantities = tuple(_number(str(text)) for text in quantities)
    requested, shipped, backordered, returned = quantities
    members = _filled(
        {
            spelled.line_number: line.line_number,
            "subOrderNumber": line.sub_order_number,
            "lineStatus": line.line_status,
            "ingramPartNumber": line.ingram_part_number,
            "vendorPartNumber": line.vendor_part_number,
            "requestedQuantity": requested,
            "shippedQuantity": shipped,
            spelled.backordered: backordered,
            "returnedQuantity": returned,
        }
    )
    if line.shipments:
        members["shipmentDetails"] = [_shipment(each) for each in line.shipments]
    if line.serial_numbers:
        members["serialNumberDetails"] = [
            {"serialNumber": number} for number in line.serial_numbers
        ]
    return members


def _number(text: str) -> object:
    return int(text) if _INTEGER.fullmatch(text) else text


# Lines of one parcel say the same of it. What is answered is written, never changed.
@lru_cache(256)
def _shipment(shipment: Shipment) -> Json:
    members: Json = {"shipmentDate": shipment.date} if shipment.date else {}
    if not any(shipment[1:]):
        return members
    members |= _filled(
        {
            "shipFromWarehouseId": shipment.warehouse_id,
            "warehouseName": shipment.warehouse_name,
            "carrierCode": shipment.carrier_code,
            "carrierName": shipment.carrier_name,
        }
    )
    if shipment.packages:
        members["packageDetails"] = [_package(each) for each in shipment.packages]
    return members


def _package(package: Package) -> Json:
    return _filled(
        {
            "cartonNumber": package.carton_number,
            "quantityInbox": package.quantity,
            "trackingNumber": package.tracking_number,
        }
    )


def _filled(members: Json) -> Json:
    """Leave out empty texts and lists; a quantity of 0 stays."""
    return {name: value for name, value in members.items() if value or value == 0}
