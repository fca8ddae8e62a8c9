"""Record of a notification in the ledger, before an endpoint's spelling and filter."""

import json
from dataclasses import asdict
from typing import Any

from serializers.errors import DecodeError
from serializers.ingram.notification import (
    Link,
    Notification,
    NotificationLine,
    Package,
    Resource,
    Shipment,
)
from serializers.order_record import LayoutError

#: Of the record; a release reads its own and leaves a later one to later releases.
LAYOUT = 1


def pack(notification: Notification) -> bytes:
    """Write every field; equal notifications give equal bytes."""
    kept = asdict(notification)
    for resource in kept["resources"]:
        resource["lines"] = [_record_of_line(line) for line in resource["lines"]]
    return json.dumps([LAYOUT, kept], separators=(",", ":")).encode()


def _record_of_line(line: NotificationLine) -> dict[str, Any]:
    kept = line._asdict()
    kept["shipments"] = [
        one._asdict() | {"packages": [box._asdict() for box in one.packages]}
        for one in line.shipments
    ]
    # Newer than the layout: left out where empty, so that older releases read it.
    if not line.returned_quantity:
        del kept["returned_quantity"]
    return kept


def unpack(packed: bytes) -> Notification:
    """Read what `pack` has written, equal to what it was.

    Raises:
        LayoutError: a later release has written it.
        DecodeError: the bytes are no such record.
    """
    try:
        layout, record = json.loads(packed)
        if layout != LAYOUT:
            raise LayoutError(f"kept change of layout {layout}, this release reads 1")
        return _notification(**record)
    except TypeError as error:
        raise LayoutError("kept change: fields of another release") from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, DecodeError):
            raise
        raise DecodeError("kept change: not one of ours") from error


def _notification(resources: list[Any], **rest: Any) -> Notification:
    return Notification(resources=tuple(_resource(**one) for one in resources), **rest)


def _resource(lines: list[Any], links: list[Any], **rest: Any) -> Resource:
    return Resource(
        lines=tuple(_line_of_record(**one) for one in lines),
        links=tuple(Link(**one) for one in links),
        **rest,
    )


def _line_of_record(
    shipments: list[Any], serial_numbers: list[str], **rest: Any
) -> NotificationLine:
    return NotificationLine(
        shipments=tuple(_shipment(**one) for one in shipments),
        serial_numbers=tuple(serial_numbers),
        **rest,
    )


def _shipment(packages: list[Any], **rest: Any) -> Shipment:
    return Shipment(packages=tuple(Package(**one) for one in packages), **rest)
