"""Content of an Ingram Micro order-status notification, whatever its spelling."""

from dataclasses import dataclass
from typing import NamedTuple


class Package(NamedTuple):
    """One carton of a shipment; the quantity is that of the line in it."""

    tracking_number: str
    carton_number: str = ""
    quantity: str = ""


class Shipment(NamedTuple):
    """One shipment of a line; the date as YYYY-MM-DD."""

    date: str
    carrier_code: str = ""
    carrier_name: str = ""
    warehouse_id: str = ""
    warehouse_name: str = ""
    packages: tuple[Package, ...] = ()


class NotificationLine(NamedTuple):
    """One line that changed; quantities are plain decimals, "" when unknown.

    `returned_quantity` is ours: Ingram has no word for what came back.
    """

    line_number: str
    sub_order_number: str
    line_status: str
    ingram_part_number: str
    vendor_part_number: str
    requested_quantity: str
    shipped_quantity: str
    backordered_quantity: str
    shipments: tuple[Shipment, ...] = ()
    serial_numbers: tuple[str, ...] = ()
    returned_quantity: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where more is to be had; `method` is Ingram's `type`, such as GET."""

    href: str
    topic: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """What happened to one order, under one event type.

    Attributes:
        late_facts: whether it is there only because facts have come later than what
            they belong to; no part of the body.
    """

    event_type: str
    order_number: str
    customer_order_number: str
    order_entry_timestamp: str
    lines: tuple[NotificationLine, ...]
    links: tuple[Link, ...] = ()
    late_facts: bool = False


@dataclass(frozen=True, slots=True)
class Notification:
    """One webhook's body.

    Attributes:
        event_id: what the signature is over, and what receivers know repeats by.
        event_timestamp: RFC 3339.
        resources: one per event type.
        topic: Ingram's name of the subject.
        event: Ingram's name of the kind of change.
    """

    event_id: str
    event_timestamp: str
    resources: tuple[Resource, ...]
    topic: str = "resellers/orders"
    event: str = "im::updated"
