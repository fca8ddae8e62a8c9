"""Decoder of Ingram Micro's order-status notification, as a receiver reads it.

Ingram's schema, its example, its portal and known receivers disagree about the
case of keys, about some names, about texts and numbers, and about objects and
arrays. All of them are read here, and so is the newer order-created event, whose
`resource` holds `orders`.
"""

from collections.abc import Iterator, Mapping

from serializers.errors import DecodeError
from serializers.formats import lenient_json
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import objects_of, text_of
from serializers.ingram.notification import (
    Link,
    Notification,
    NotificationLine,
    Package,
    Resource,
    Shipment,
)

DOCUMENT = "Ingram notification"

#: A stock event on the same URL may name four thousand articles.
MAX_BYTES = 4 * 1_048_576

Members = Mapping[str, JsonValue]


def decode(body: bytes) -> Notification:
    """Read any of the published shapes; null and absent are "".

    Raises:
        DecodeError: not JSON, not one event, or no eventId, without which
            neither its signature nor its repeats can be recognised.
    """
    value = lenient_json.loads(body, document=DOCUMENT, max_bytes=MAX_BYTES)
    events = objects_of(value)
    if len(events) != 1:
        raise DecodeError(f"{DOCUMENT}: {len(events)} events where one is read")
    (event,) = events
    event_id = text_of(event.get("eventid"))
    if not event_id:
        raise DecodeError(f"{DOCUMENT}: eventId missing")
    return Notification(
        event_id=event_id,
        event_timestamp=text_of(event.get("eventtimestamp")),
        resources=tuple(_resources(event)),
        topic=text_of(event.get("topic")),
        event=text_of(event.get("event")),
    )


def _resources(event: Members) -> Iterator[Resource]:
    for outer in objects_of(event.get("resource")):
        for inner in objects_of(outer.get("orders")):
            yield _resource({**outer, **inner})
        if "orders" not in outer:
            yield _resource(outer)


def _resource(members: Members) -> Resource:
    return Resource(
        event_type=text_of(members.get("eventtype")),
        order_number=_first(members, "ordernumber", "ingramordernumber"),
        customer_order_number=_first(
            members, "customerordernumber", "customerponumber"
        ),
        order_entry_timestamp=_first(members, "orderentrytimestamp", "ingramorderdate"),
        lines=tuple(
            _line_of_members(line) for line in objects_of(members.get("lines"))
        ),
        links=tuple(_links(members)),
    )


def _links(members: Members) -> Iterator[Link]:
    for each in objects_of(members.get("links")):
        if href := text_of(each.get("href")):
            yield Link(href, text_of(each.get("topic")), text_of(each.get("type")))


def _line_of_members(members: Members) -> NotificationLine:
    serials = objects_of(members.get("serialnumberdetails"))
    shipments = objects_of(members.get("shipmentdetails"))
    return NotificationLine(
        line_number=_first(members, "linenumber", "ingramlinenumber"),
        sub_order_number=text_of(members.get("subordernumber")),
        line_status=text_of(members.get("linestatus")),
        ingram_part_number=text_of(members.get("ingrampartnumber")),
        vendor_part_number=text_of(members.get("vendorpartnumber")),
        requested_quantity=_first(members, "requestedquantity", "quantityordered"),
        shipped_quantity=text_of(members.get("shippedquantity")),
        backordered_quantity=_first(
            members, "backorderedquantity", "backorderquantity", "quantitybackordered"
        ),
        shipments=tuple(map(_shipment, shipments)),
        serial_numbers=tuple(
            text for each in serials if (text := text_of(each.get("serialnumber")))
        ),
        returned_quantity=text_of(members.get("returnedquantity")),
    )


def _shipment(members: Members) -> Shipment:
    return Shipment(
        date=text_of(members.get("shipmentdate")),
        carrier_code=text_of(members.get("carriercode")),
        carrier_name=text_of(members.get("carriername")),
        warehouse_id=text_of(members.get("shipfromwarehouseid")),
        warehouse_name=text_of(members.get("warehousename")),
        packages=tuple(_packages(members)),
    )


def _packages(members: Members) -> Iterator[Package]:
    """Give the packages of which anything is known; Ingram's example has empty ones."""
    for each in objects_of(members.get("packagedetails")):
        package = Package(
            tracking_number=text_of(each.get("trackingnumber")),
            carton_number=text_of(each.get("cartonnumber")),
            quantity=text_of(each.get("quantityinbox")),
        )
        if package != Package(""):
            yield package


def _first(members: Members, *names: str) -> str:
    return next((text for name in names if (text := text_of(members.get(name)))), "")
