"""Assignment of an answer's parcels and serial numbers to the order's lines.

Westcon's shipment detail ties neither to lines, unless a row names one. The rule is in
docs/westcon.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from serializers.formats.text import unpadded
from serializers.order_parcels import Loose, OrderParcels
from serializers.order_record import Line
from serializers.shipment import Shipment
from serializers.westcon.shipment_detail import Parcel, Serial, ShipmentDetail
from tasks.planning.lines.answer import Row
from tasks.planning.lines.shipments import merged
from tasks.planning.lines.transitions import Transition


def attributed(
    lines: Sequence[Line],
    rows: Sequence[Row],
    parcels: OrderParcels,
    shipped: Iterable[str],
    detail: ShipmentDetail,
) -> tuple[dict[str, list[Shipment]], OrderParcels]:
    """Attribute what is first seen with an answer.

    Args:
        lines: the snapshot before; what stands there is known.
        rows: of the status answer about the same order of Westcon's.
        parcels: what the record keeps; its open lines take what names no line.
        shipped: keys of all lines of that order of which any has been shipped.
        detail: the answer.

    Returns:
        Shipments by the key of their line, and what the record keeps then.
    """
    known = _known(lines, parcels)
    fresh = [one for one in detail.parcels if one.tracking_number not in known]
    found: defaultdict[str, list[Shipment]] = defaultdict(list)
    for row in {row.key: row for row in rows}.values():
        mine = [one for one in fresh if _is_of(one, row, parcels.open)]
        if mine:
            found[row.key] += _by_carrier(mine, row.ship_date)
    open_ = parcels.open
    if fresh:
        brought = {row.key for row in rows}
        open_ = tuple(key for key in open_ if key not in brought)
    loose = list(parcels.serials)
    for serial in detail.serials:
        if (serial.number or serial.mac_address) in known:
            continue
        key = _line_of(serial, rows, list(shipped))
        if key:
            found[key].append(_shipment_of(serial))
        else:
            loose.append(Loose(serial.number, serial.mac_address))
    return dict(found), replace(parcels, open=open_, serials=tuple(loose))


def with_parcels(
    change: Transition | None, line: Line | None, facts: Sequence[Shipment]
) -> Transition | None:
    """A line's transition with shipments that an answer about parcels has brought.

    Args:
        change: what the status answer means to the line.
        line: as it was before, None for one not seen before.
        facts: the shipments.
    """
    known = line if change is None else change.line
    if known is None or not facts:
        return change
    shipments = merged(known.shipments, facts)
    if shipments == known.shipments:
        return change
    after = known._replace(shipments=shipments)
    if change is None:
        return Transition(line, after)
    return change._replace(line=after)


def _known(lines: Sequence[Line], parcels: OrderParcels) -> set[str]:
    """Every tracking number, serial number and MAC address that stands somewhere."""
    shipments = [one for line in lines for one in line.shipments]
    known = {n for one in shipments for n in one.tracking_numbers}
    known.update(n for one in shipments for n in one.serial_numbers)
    known.update(n for one in shipments for n in one.mac_addresses)
    known.update(text for one in parcels.serials for text in one)
    return known - {""}


def _is_of(parcel: Parcel, row: Row, open_: Sequence[str]) -> bool:
    """A parcel is of the line that it names, else of every line that has none yet."""
    if parcel.line_number:
        return parcel.line_number == unpadded(row.number)
    return row.key in open_


def _line_of(serial: Serial, rows: Sequence[Row], shipped: Sequence[str]) -> str:
    """The line that it names, else the one that alone can have it; "" for neither."""
    if serial.line_number:
        named = (r.key for r in rows if unpadded(r.number) == serial.line_number)
        return next(named, "")
    return shipped[0] if len(shipped) == 1 else ""


def _by_carrier(parcels: Sequence[Parcel], date: str) -> list[Shipment]:
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for one in parcels:
        numbers[one.carrier].append(one.tracking_number)
    return [
        Shipment(date, carrier=carrier, tracking_numbers=tuple(some))
        for carrier, some in numbers.items()
    ]


def _shipment_of(serial: Serial) -> Shipment:
    return Shipment(
        serial_numbers=(serial.number,) if serial.number else (),
        mac_addresses=(serial.mac_address,) if serial.mac_address else (),
    )
