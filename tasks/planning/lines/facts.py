"""Facts of one line that come with its rows: ship dates and billing documents.

They may come after the stage that they belong to, and a ship date may be corrected.
"""

from collections.abc import Sequence
from dataclasses import replace

from serializers.order_record import Line, Portion, Shipment
from tasks.planning.lines.amounts import amount, further, total, written
from tasks.planning.lines.answer import Amounts, Answer, larger
from tasks.planning.shipments import by_date, merged


def with_facts(line: Line, found: Answer, *, newest: bool, whole: bool) -> Line:
    """The line with the shipments and invoices of an answer.

    Args:
        line: with what has reached its stages by this answer.
        found: the answer.
        newest: whether no later question was answered; an older answer adds no ship
            date where some are known.
        whole: whether it is about the whole line: then the newest one corrects ship
            dates, if it has all that has ever been shipped.
    """
    reported = [one for row in found.rows for one in row.shipments]
    if not found.stages and not reported:
        return line
    shipments = line.shipments
    if found.stages and (newest or not shipments):
        corrects = newest and whole and _has_all(found.dates, line.reached)
        shipments = _dated(shipments, found.dates, corrects=corrects)
    shipments = merged(shipments, reported) if reported else shipments
    invoices = _invoiced(line.invoices, found.invoices)
    if (shipments, invoices) == (line.shipments, line.invoices):
        return line
    return replace(line, shipments=shipments, invoices=invoices)


def _has_all(dates: Amounts, reached: Sequence[Portion]) -> bool:
    found, most = total(dates.values()), amount(reached[0].quantity)
    return found is None or most is None or not further(most, found)


def _dated(
    known: Sequence[Shipment], dates: Amounts, *, corrects: bool
) -> tuple[Shipment, ...]:
    """The shipments with those of an answer, one for each day.

    A day that the answer corrects gives its place, and its parcels, to one that is new.
    """
    new = sorted(day for day in dates if day and day not in {s.date for s in known})
    gone = [s.date for s in known if s.date not in dates] if corrects else []
    moved = dict(zip(gone, new, strict=False))
    # Nothing shows that quantity without a day was not shipped on a day known before.
    lost = set() if "" in dates else set(gone) - set(moved)
    kept = [one for one in known if one.date not in lost or _has_more(one)]
    days = [moved.get(one.date, one.date) for one in kept]
    shipments = [
        replace(one, date=day, quantity=_on(day, one, dates, corrects=corrects))
        for one, day in zip(kept, days, strict=True)
    ]
    added = [Shipment(day, written(dates[day])) for day in new if day not in days]
    return tuple(sorted((*shipments, *added), key=by_date))


def _has_more(one: Shipment) -> bool:
    """Whether it holds more than how much was shipped when."""
    return replace(one, quantity="") != Shipment(one.date)


def _on(day: str, one: Shipment, dates: Amounts, *, corrects: bool) -> str:
    """How much of the line was shipped on a day."""
    if not day or day not in dates:
        return one.quantity
    found = dates[day]
    return written(found if corrects else larger(found, amount(one.quantity)))


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
