"""Facts of a line that were known and are known no more: corrected, or gone.

What is only added to can never be as it was before. What is taken back can: a ship
date may be corrected, and corrected back.
"""

from collections.abc import Iterable, Sequence

from serializers.line_record import Line, Portion
from serializers.shipment import Shipment
from tasks.planning.lines.amounts import amount, further


def takes_back(before: Line, after: Line) -> bool:
    """Whether the line's shipments, invoices or part are other ones than before.

    Steps that take nothing back never lead to what was there before them.
    """
    if _part(before) and _part(before) != _part(after):
        return True
    if before.shipments != after.shipments and not _hold(
        before.shipments, after.shipments
    ):
        return True
    return before.invoices != after.invoices and not _bill(
        before.invoices, after.invoices
    )


def _part(line: Line) -> str:
    return line.vendor_part or line.part


def _hold(before: Iterable[Shipment], after: Sequence[Shipment]) -> bool:
    """Whether each shipment is still there, as it was or with more to it."""
    left = list(after)
    for one in before:
        heir = one if one in left else next((s for s in left if _grown(one, s)), None)
        if heir is None:
            return False
        left.remove(heir)
    return True


def _grown(one: Shipment, other: Shipment) -> bool:
    texts = (
        (one.date, other.date),
        (one.carrier, other.carrier),
        (one.carrier_code, other.carrier_code),
        (one.warehouse, other.warehouse),
    )
    numbers = (
        (one.tracking_numbers, other.tracking_numbers),
        (one.serial_numbers, other.serial_numbers),
        (one.mac_addresses, other.mac_addresses),
    )
    return (
        _reaches(one.quantity, other.quantity)
        and all(was in {"", now} for was, now in texts)
        and all(set(was) <= set(now) for was, now in numbers)
    )


def _bill(before: Iterable[Portion], after: Iterable[Portion]) -> bool:
    """Whether each invoice is still there, with no less on it."""
    found = dict(after)
    return all(c in found and _reaches(q, found[c]) for c, q in before)


def _reaches(was: str, now: str) -> bool:
    """Whether a quantity is the same, or more; an unknown one may become any."""
    held, found = amount(was), amount(now)
    if held is None or was == now:
        return True
    return found is not None and further(found, held)
