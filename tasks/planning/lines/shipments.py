"""Merge of shipments that several sources report of one line.

Whatever order facts come in, and however often, nothing that is known is lost: a blank
is filled in, numbers are added, and what fits no known shipment is one of its own.
"""

from collections.abc import Iterable, Sequence

from serializers.shipment import Shipment


def merged(
    known: Sequence[Shipment], facts: Iterable[Shipment]
) -> tuple[Shipment, ...]:
    """Merge facts into the shipments of one line.

    A fact is about the shipment that it shares a tracking number with, else about the
    one of its date and carrier; without a date, about the latest one that has no
    tracking number yet. A shipment of which the date is unknown takes the first fact
    that has one.

    Returns:
        The shipments by date; what is given twice stands once.
    """
    shipments = list(known)
    for fact in facts:
        place = _place(shipments, fact)
        if place is None:
            shipments.append(_filled(Shipment(), fact))
        else:
            others = [one for n, one in enumerate(shipments) if n != place]
            shipments[place] = _filled(shipments[place], _without(fact, others))
    return tuple(sorted(shipments, key=by_date))


def _without(fact: Shipment, others: Sequence[Shipment]) -> Shipment:
    """The fact without the parcels of other shipments: each parcel is in one."""
    taken = {number for one in others for number in one.tracking_numbers}
    numbers = tuple(n for n in fact.tracking_numbers if n not in taken)
    return fact._replace(tracking_numbers=numbers)


def _place(shipments: Sequence[Shipment], fact: Shipment) -> int | None:
    """Where the shipment stands that a fact is about; None for one of its own."""
    numbers = set(fact.tracking_numbers)
    known = enumerate(shipments)
    sharing = [n for n, one in known if numbers.intersection(one.tracking_numbers)]
    fitting = [n for n, one in enumerate(shipments) if _fits(one, fact)]
    for n in sharing or fitting:
        if _filled(shipments[n], fact) == shipments[n]:
            return n
    if sharing:
        return sharing[0]
    dated = [n for n in fitting if fact.date and shipments[n].date == fact.date]
    bare = [n for n in fitting if not shipments[n].tracking_numbers]
    if dated:
        return dated[0]
    if fact.date:
        return next((n for n in bare if not shipments[n].date), None)
    if not bare and not numbers:
        bare = fitting
    return max(bare, key=lambda n: shipments[n].date, default=None)


def _fits(one: Shipment, fact: Shipment) -> bool:
    """Whether no fact speaks against it that both are the same shipment."""
    pairs = (
        (one.date, fact.date),
        (one.carrier.casefold(), fact.carrier.casefold()),
        (one.carrier_code.casefold(), fact.carrier_code.casefold()),
        (one.warehouse.casefold(), fact.warehouse.casefold()),
    )
    return all(not a or not b or a == b for a, b in pairs)


def _filled(one: Shipment, fact: Shipment) -> Shipment:
    return Shipment(
        date=one.date or fact.date,
        quantity=one.quantity or fact.quantity,
        carrier=one.carrier or fact.carrier,
        carrier_code=one.carrier_code or fact.carrier_code,
        warehouse=one.warehouse or fact.warehouse,
        tracking_numbers=_added(one.tracking_numbers, fact.tracking_numbers),
        serial_numbers=_added(one.serial_numbers, fact.serial_numbers),
        mac_addresses=_added(one.mac_addresses, fact.mac_addresses),
    )


def _added(known: Sequence[str], found: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *found))) if found else tuple(known)


def by_date(one: Shipment) -> tuple[bool, str, tuple[str, ...]]:
    """By date, those without one last."""
    return not one.date, one.date, one.tracking_numbers
