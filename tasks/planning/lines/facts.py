"""Facts of one line that come with its rows: ship dates and billing documents.

They may come after the stage that they belong to, and a ship date may be corrected.
"""

from collections.abc import Sequence

from serializers.order_record import Line, Portion, Shipment
from tasks.planning.lines.amounts import amount, further, total, written
from tasks.planning.lines.answer import Amounts, Answer, larger
from tasks.planning.lines.shipments import by_date, merged


def facts_after(
    line: Line, found: Answer, reached: Sequence[Portion], *, newest: bool, whole: bool
) -> tuple[tuple[Shipment, ...], tuple[Portion, ...]]:
    """The shipments and invoices of a line after an answer.

    Args:
        line: as it was before.
        found: the answer.
        reached: what has reached each stage by it.
        newest: whether no later question was answered; an older answer adds no ship
            date where some are known.
        whole: whether it is about the whole line: then the newest one corrects ship
            dates, if it has all that has ever been shipped.
    """
    shipments, invoices = line.shipments, line.invoices
    if found.stages:
        if newest or not shipments:
            corrects = newest and whole and _has_all(found.dates, reached)
            shipments = _dated(shipments, found.dates, corrects=corrects)
        invoices = _invoiced(invoices, found.invoices)
    reported = [one for row in found.rows for one in row.shipments]
    return merged(shipments, reported) if reported else shipments, invoices


def _has_all(dates: Amounts, reached: Sequence[Portion]) -> bool:
    found, most = total(dates.values()), amount(reached[0].quantity)
    return found is None or most is None or not further(most, found)


def _dated(
    known: Sequence[Shipment], dates: Amounts, *, corrects: bool
) -> tuple[Shipment, ...]:
    """The shipments with those of an answer, one for each day.

    A day that the answer corrects gives its place, and its parcels, to one that is new.
    """
    if not known:
        return tuple(Shipment(day, written(dates[day])) for day in sorted(dates) if day)
    days = {one.date for one in known}
    new = sorted(day for day in dates if day and day not in days)
    gone = [s.date for s in known if s.date not in dates] if corrects else []
    moved = dict(zip(gone, new, strict=False))
    # Nothing shows that quantity without a day was not shipped on a day known before.
    lost = set() if "" in dates else set(gone) - set(moved)
    kept = [one for one in known if one.date not in lost or _has_more(one)]
    shipments = [
        _on(moved.get(one.date, one.date), one, dates, corrects=corrects)
        for one in kept
    ]
    days = {one.date for one in shipments}
    added = [Shipment(day, written(dates[day])) for day in new if day not in days]
    return tuple(sorted((*shipments, *added), key=by_date))


def _has_more(one: Shipment) -> bool:
    """Whether it holds more than how much was shipped when."""
    return one._replace(quantity="") != Shipment(one.date)


def _on(day: str, one: Shipment, dates: Amounts, *, corrects: bool) -> Shipment:
    """The shipment as of this day, with how much of the line was shipped on it."""
    quantity = one.quantity
    if day and day in dates:
        found = dates[day]
        quantity = written(found if corrects else larger(found, amount(quantity)))
    if (day, quantity) == (one.date, one.quantity):
        return one
    return one._replace(date=day, quantity=quantity)


def _invoiced(known: tuple[Portion, ...], found: Amounts) -> tuple[Portion, ...]:
    """Billing documents are never taken back; what is on one may grow."""
    if not found:
        return known
    quantities = {one.code: amount(one.quantity) for one in known}
    for number, quantity in found.items():
        held = quantities.get(number)
        quantities[number] = (
            larger(held, quantity) if number in quantities else quantity
        )
    return tuple(Portion(n, written(q)) for n, q in sorted(quantities.items()))
