"""Encoder of the data of results that workers prepare."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from serializers.line_record import Line, Portion
from serializers.shipment import Shipment

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

Members = dict[str, object]


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line with the sums that depend on the table of statuses.

    Attributes:
        shipped: so far; "" if unknown, None for nothing.
        backordered: now, likewise.
    """

    line: Line
    shipped: str | None
    backordered: str | None


def encode(members: Mapping[str, object]) -> bytes:
    """Write data on one line; half a surrogate pair stays an escape."""
    return _JSON.encode(_filled(members)).encode(errors="backslashreplace")


def changed(
    order_number: str,
    purchase_order: str,
    lines: Iterable[ChangedLine],
    *,
    baseline: bool,
) -> bytes:
    """Write the data of `order.changed`."""
    head = {"order_number": order_number, "purchase_order": purchase_order}
    members = [line_members(one) for one in lines]
    return encode({**head, "baseline": baseline, "lines": members})


def line_members(changed: ChangedLine) -> Members:
    """All that a result has of a line, what is not known left out."""
    line = changed.line
    return _filled(
        {
            "line_number": line.number,
            "westcon_order": line.sub_order,
            "stage": line.status,
            "part_number": line.vendor_part or line.part,
            "ordered": line.ordered,
            "shipped": changed.shipped,
            "backordered": changed.backordered,
            "reached": _portions("code", line.reached),
            "now": _portions("code", line.now),
            "shipments": [_shipment(one) for one in line.shipments],
            "invoices": _portions("number", line.invoices),
        }
    )


def _portions(name: str, portions: Sequence[Portion]) -> list[Members]:
    return [_filled({name: one.code, "quantity": one.quantity}) for one in portions]


def _shipment(one: Shipment) -> Members:
    return _filled(
        {
            "date": one.date,
            "quantity": one.quantity,
            "carrier": one.carrier,
            "carrier_code": one.carrier_code,
            "warehouse": one.warehouse,
            "tracking_numbers": one.tracking_numbers,
            "serial_numbers": one.serial_numbers,
            "mac_addresses": one.mac_addresses,
        }
    )


def _filled(members: Mapping[str, object]) -> Members:
    return {name: value for name, value in members.items() if value}
