"""Lines of an order found by their number, or given Westcon's keys."""

from collections.abc import Container, Sequence

from serializers.line_key import escaped, number_of
from serializers.order_record import Line
from tasks.planning.lines.answer import Row
from tasks.planning.lines.as_one import as_one
from tasks.planning.statuses import StatusTable


def lines_numbered(lines: Sequence[Line], number: str) -> list[Line]:
    """The lines of that number: several orders of Westcon's may have one."""
    wanted = escaped(number)
    return [line for line in lines if number_of(line.key) == wanted]


def adopted(
    seen: Sequence[Line], found: Sequence[Row], table: StatusTable
) -> tuple[Line, ...]:
    """Give the ERP's lines the keys under which Westcon reports them.

    The ERP may speak of a line before anybody knows Westcon's order number, or while
    Westcon's line is set aside; such a line would be notified a second time under
    Westcon's key, or never end beside it.

    Args:
        seen: the snapshot.
        found: the rows of an answer. Where several orders of Westcon's have a line
            of that number, one of the same status is meant, else the first. One whose
            line is known takes in the ERP's, where there is no other.
        table: of statuses.
    """
    if all(line.sub_order for line in seen):
        return tuple(seen)
    lines = {line.key: line for line in seen}
    for line in seen:
        row = None if line.sub_order else _meant(line, found, lines)
        if row is None:
            continue
        known = lines.get(row.key)
        lines[line.key] = line._replace(
            key=row.key, number=row.number, sub_order=row.sub_order
        )
        if known is not None:
            lines[row.key] = as_one(known, line, table)
            del lines[line.key]
    return tuple(lines.values())


def _meant(line: Line, found: Sequence[Row], taken: Container[str]) -> Row | None:
    """The row that is about the ERP's line; None where none is."""
    own = number_of(line.key)
    alike = [row for row in found if number_of(row.key) == own]
    free = [row for row in alike if row.key not in taken]
    return min(
        free or alike,
        key=lambda row: (row.status != line.status, row.key),
        default=None,
    )
