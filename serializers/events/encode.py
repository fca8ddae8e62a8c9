"""Encoder of order events as CloudEvents 1.0, for producers."""

from serializers.events.event import EventLine, OrderEvent
from serializers.formats import instants, strict_json
from serializers.shipment import Shipment

Json = dict[str, object]


def encode(event: OrderEvent) -> bytes:
    """Write the event, absent members left out; equal events give equal bytes.

    Raises:
        EncodeError: a text holds half a surrogate pair.
    """
    at = "" if event.time_ms is None else instants.rfc3339(event.time_ms)
    return strict_json.dumps(
        {
            "specversion": "1.0",
            "id": event.id,
            "source": event.source,
            "type": event.type.value,
            **_filled({"time": at}),
            "subject": event.order_number,
            "datacontenttype": "application/json",
            "data": _data(event),
        }
    )


def _data(event: OrderEvent) -> Json:
    members = _filled(
        {
            "order_number": event.order_number,
            "purchase_order": event.purchase_order,
            "customer_id": event.customer_id,
            "westcon": _westcon(event),
            "deck": _filled(
                {"order_number": event.deck_number, "site": event.deck_site}
            ),
            "baseline": event.baseline,
            "lines": [_line_members(line) for line in event.lines],
        }
    )
    if event.endpoints is not None:
        # An empty list means nobody, and absence means all.
        members["endpoints"] = list(event.endpoints)
    return members


def _westcon(event: OrderEvent) -> Json:
    account = _filled({"account": event.westcon_account})
    if not event.westcon_number and event.westcon_type == "W":
        return account
    number = _filled({"order_number": event.westcon_number})
    return {**number, "order_type": event.westcon_type, **account}


def _line_members(line: EventLine) -> Json:
    return _filled(
        {
            "line_number": line.line_number,
            "status": line.status,
            "quantity": line.quantity,
            "part_number": line.part_number,
            "ship_date": line.ship_date,
            "invoice": line.invoice,
            "description": line.description,
            "shipments": [_shipment(one) for one in line.shipments],
        }
    )


def _shipment(shipment: Shipment) -> Json:
    return _filled(
        {
            "carrier": shipment.carrier,
            "carrier_code": shipment.carrier_code,
            "warehouse": shipment.warehouse,
            "tracking_numbers": list(shipment.tracking_numbers),
            "serial_numbers": list(shipment.serial_numbers),
            "quantity": shipment.quantity,
        }
    )


def _filled(members: Json) -> Json:
    return {name: value for name, value in members.items() if value}
