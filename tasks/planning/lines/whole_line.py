"""Lines of which one row has all: just as it was, or a stage further.

So most lines are at most looks, and nothing has to be added up. Whatever is not as
simple is for `tasks.planning.lines.snapshot`, which makes the same of these.
"""

from collections.abc import Sequence

from serializers.order_record import Line, Portion, Shipment
from tasks.planning.lines.answer import Question, Row
from tasks.planning.lines.transitions import Growth, Transition
from tasks.planning.statuses import StatusTable, is_stage, rule_of


def holds(line: Line, row: Row, table: StatusTable) -> bool:
    """Whether the line is known to be just as this one row has it."""
    alike = (line.ordered, line.status_date) == (row.quantity, row.status_date)
    if not alike or not row.quantity or row.shipments or line.shrunk_ms:
        return False
    known = (line.unread, line.part, line.vendor_part)
    if known != (
        row.unread,
        row.part or line.part,
        row.vendor_part or line.vendor_part,
    ):
        return False
    portion = (row.status, row.quantity)
    if not is_stage(rule_of(row.status, table)):
        return not line.reached and line.now == (portion,)
    if line.now or not line.reached or line.reached[-1] != portion:
        return False
    for _, quantity in line.reached:
        if quantity != row.quantity:
            return False
    return _has_facts(line, row)


def _has_facts(line: Line, row: Row) -> bool:
    """Whether the row's ship date and invoice, of its quantity, are all of the line."""
    shipments, invoices = line.shipments, line.invoices
    if len(shipments) > 1 or len(invoices) > 1:
        return False
    quantity = row.quantity
    shipped = (row.ship_date, quantity) if row.ship_date else None
    billed = (row.invoice, quantity) if row.invoice else None
    return shipped == (shipments[0][:2] if shipments else None) and billed == (
        invoices[0] if invoices else None
    )


def moved_on(
    line: Line, row: Row, table: StatusTable, question: Question
) -> Transition | None:
    """The transition of a line that is, whole, in a further stage than before.

    Args:
        line: as it was before.
        row: the only one of it in the answer.
        table: of statuses.
        question: that the row answers.

    Returns:
        None where it has not moved so.
    """
    quantity = row.quantity
    if not quantity or quantity != line.ordered or row.shipments or line.shrunk_ms:
        return None
    if not question.whole or question.asked_ms < line.asked_ms:
        return None
    stage = Portion(row.status, quantity)
    if not goes_on(line.reached, stage, table):
        return None
    if any(is_stage(rule_of(code, table)) for code, _ in line.now):
        return None
    shipments = _on_one_day(line.shipments, row.ship_date, quantity)
    if shipments is None or (line.invoices and row.invoice):
        return None
    after = Line(
        key=line.key,
        number=line.number or row.number,
        sub_order=line.sub_order or row.sub_order,
        ordered=quantity,
        reached=(*line.reached, stage),
        now=(),
        shipments=shipments,
        invoices=(Portion(row.invoice, quantity),) if row.invoice else line.invoices,
        part=row.part or line.part,
        vendor_part=line.vendor_part or row.vendor_part,
        status_date=max(line.status_date, row.status_date),
        asked_ms=question.asked_ms,
        changes=line.changes + bool(line.now),
        notified=line.notified,
        unread=row.unread,
    )
    return Transition(line, after, (Growth(row.status, "0", quantity),))


def goes_on(reached: Sequence[Portion], to: Portion, table: StatusTable) -> bool:
    """Whether all that has reached any stage is now in one further than these."""
    further = rule_of(to.code, table)
    if not is_stage(further):
        return False
    for code, quantity in reached:
        if quantity != to.quantity or rule_of(code, table).rank >= further.rank:
            return False
    return True


def _on_one_day(
    known: tuple[Shipment, ...], day: str, quantity: str
) -> tuple[Shipment, ...] | None:
    """The shipments of a line that was shipped on one day; None where there is more."""
    if not known:
        return (Shipment(day, quantity),) if day else ()
    if len(known) == 1 and known[0][:2] == (day, quantity):
        return known
    return None
