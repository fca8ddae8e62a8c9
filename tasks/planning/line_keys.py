"""Lines of an order found by their number, or given Westcon's keys."""

from collections.abc import Sequence

from serializers.line_key import escaped, number_of
from serializers.order_record import Line
from tasks.planning.lines.answer import Row


def lines_numbered(lines: Sequence[Line], number: str) -> list[Line]:
    """The lines of that number: several orders of Westcon's may have one."""
    wanted = escaped(number)
    return [line for line in lines if number_of(line.key) == wanted]


def adopted(seen: Sequence[Line], found: Sequence[Row]) -> tuple[Line, ...]:
    """Give the ERP's lines the keys under which Westcon reports them.

    The ERP may speak of a line before anybody knows Westcon's order number; such a
    line would be notified a second time under Westcon's key.

    Args:
        seen: the snapshot.
        found: the rows of an answer. Where several orders of Westcon's have a line
            of that number, one of the same status is meant, else the first.
    """
    taken = {line.key for line in seen}
    return tuple(
        line if line.sub_order else _adopted(line, found, taken) for line in seen
    )


def _adopted(line: Line, found: Sequence[Row], taken: set[str]) -> Line:
    own = number_of(line.key)
    alike = [row for row in found if number_of(row.key) == own and row.key not in taken]
    if not alike:
        return line
    meant = min(alike, key=lambda row: (row.status != line.status, row.key))
    return line._replace(key=meant.key, number=meant.number, sub_order=meant.sub_order)
