"""Which line of Westcon's an ERP's line without Westcon's order number is."""

from collections.abc import Sequence
from dataclasses import replace

from serializers.order import Line


def adopted(seen: Sequence[Line], found: Sequence[Line]) -> tuple[Line, ...]:
    """Give the ERP's lines the keys under which Westcon tells them.

    The ERP may speak of a line before anybody knows Westcon's order number; such a
    line would be told a second time under Westcon's key.

    Args:
        seen: the snapshot.
        found: the lines of a reply. Where several orders of Westcon's have a line
            of that number, one of the same status is meant, else the first.
    """
    taken = {line.key for line in seen}
    return tuple(
        line if line.sub_order else _adopted(line, found, taken) for line in seen
    )


def _adopted(line: Line, found: Sequence[Line], taken: set[str]) -> Line:
    number, split, part = line.key.partition("/")[2].partition("#")
    alike = [one for one in found if one.key == f"{one.sub_order}/{number}"]
    alike = [one for one in alike if f"{one.key}{split}{part}" not in taken]
    if not alike:
        return line
    meant = min(alike, key=lambda one: (one.status != line.status, one.key))
    key = f"{meant.key}{split}{part}"
    return replace(line, key=key, number=meant.number, sub_order=meant.sub_order)
