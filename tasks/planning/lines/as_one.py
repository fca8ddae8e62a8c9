"""One line of two: Westcon's, and the ERP's word of it under a key of its own.

So it comes where the ERP reports a line while Westcon's is set aside.
"""

from collections.abc import Sequence

from serializers.line_record import Line, Portion
from tasks.planning.lines.amounts import amount, written
from tasks.planning.lines.answer import larger
from tasks.planning.lines.distribution import classified, open_within
from tasks.planning.lines.shipments import merged
from tasks.planning.statuses import StatusTable, place, rule_of


def as_one(line: Line, erps: Line, table: StatusTable) -> Line:
    """The line with what the ERP has reported of it; what is open is the later word's.

    Args:
        line: Westcon's; its key and number stay.
        erps: the ERP's.
        table: of statuses.
    """
    line, erps = classified(line, table), classified(erps, table)
    newer, older = (line, erps) if line.asked_ms >= erps.asked_ms else (erps, line)
    ordered = newer.ordered or older.ordered
    reached = _furthest(line.reached, erps.reached, table)
    shows = bool(newer.reached) and bool(newer.now)
    now = open_within(ordered, reached, newer.now, table, shows_stages=shows)
    return line._replace(
        ordered=ordered,
        reached=reached,
        now=now,
        shipments=merged(line.shipments, erps.shipments),
        invoices=_larger(line.invoices, erps.invoices),
        part=line.part or erps.part,
        vendor_part=line.vendor_part or erps.vendor_part,
        status_date=max(line.status_date, erps.status_date),
        asked_ms=newer.asked_ms,
        # More than the line has ever counted, so that no id comes a second time.
        changes=line.changes + erps.changes + 1,
        notified=line.notified or erps.notified,
        shrunk_ms=newer.shrunk_ms,
        unread=newer.unread,
    )


def _furthest(
    one: Sequence[Portion], other: Sequence[Portion], table: StatusTable
) -> tuple[Portion, ...]:
    """The most that has reached each stage; what is in a later one has reached it."""
    most = sorted(_larger(one, other), key=lambda portion: place(portion.code, table))
    kept: list[Portion] = []
    for code, quantity in reversed(most):
        rank = rule_of(code, table).rank
        most_on = quantity
        for later in kept:
            if rule_of(later.code, table).rank > rank:
                most_on = _more(most_on, later.quantity)
        kept.append(Portion(code, most_on))
    return tuple(reversed(kept))


def _larger(one: Sequence[Portion], other: Sequence[Portion]) -> tuple[Portion, ...]:
    found = dict(one)
    for code, quantity in other:
        found[code] = _more(found[code], quantity) if code in found else quantity
    return tuple(Portion(code, found[code]) for code in sorted(found))


def _more(one: str, other: str) -> str:
    return written(larger(amount(one), amount(other)))
