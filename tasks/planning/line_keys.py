"""Names of an order's lines: Westcon's order number and the line's.

A key is `number/line`. The texts are anybody's, so what separates them is escaped in
them, as in a URL: a line "1/0" of order "7" is `7/1%2F0`. `#` is escaped since older
releases wrote the part of a split line behind it.
"""

from collections.abc import Sequence
from dataclasses import replace

from serializers.order_record import Line
from tasks.planning.lines.answer import Row

_ESCAPES = str.maketrans({"%": "%25", "/": "%2F", "#": "%23"})


def line_key(sub_order: str, number: str) -> str:
    """Name a line; different pairs get different keys."""
    return f"{escaped(sub_order)}/{escaped(number)}"


def number_of(key: str) -> str:
    """The line number in a key, escaped."""
    return key.partition("/")[2]


def lines_numbered(lines: Sequence[Line], number: str) -> list[Line]:
    """The lines of that number: several orders of Westcon's may have one."""
    wanted = escaped(number)
    return [line for line in lines if number_of(line.key) == wanted]


def escaped(text: str) -> str:
    """A text in which nothing separates."""
    return text.translate(_ESCAPES)


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
    return replace(line, key=meant.key, number=meant.number, sub_order=meant.sub_order)
