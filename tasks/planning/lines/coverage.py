"""Coverage of what the ERP has ordered by the lines that Westcon reports."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from serializers.order_quantities import Expected
from serializers.order_record import Line
from tasks.planning.lines.amounts import NONE, amount
from tasks.planning.statuses import StatusTable, rule_of

#: How much of a line counts; None where that is not known.
Counted = Callable[[Line, StatusTable], Decimal | None]


def is_covered(
    expected: Sequence[Expected],
    lines: Iterable[Line],
    table: StatusTable,
    counted: Counted,
) -> bool | None:
    """Whether the lines cover what is expected; None where nobody can know that.

    Nobody can where the ERP has not given every quantity. A part that Westcon reports
    under the ERP's number is counted by itself; the others are counted together, since
    each side may have its own number for a part.

    Args:
        expected: as the ERP has ordered it.
        lines: all that is known of the order.
        table: of statuses.
        counted: how much of a line counts, see `ordered` and `delivered`.
    """
    if not expected or not all(one.quantity for one in expected):
        return None
    wanted: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in expected:
        wanted[folded(one.part)] += Decimal(one.quantity)
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        own = (p for p in parts_of(line.part, line.vendor_part) if p in wanted)
        found[next(own, "")] += counted(line, table) or NONE
    missing = NONE
    for part, quantity in wanted.items():
        if part and part in found and found[part] < quantity:
            return False
        if not part or part not in found:
            missing += quantity
    return missing <= found[""]


def ordered(line: Line, _table: StatusTable) -> Decimal | None:
    """What is ordered of a line."""
    return amount(line.ordered)


def delivered(line: Line, table: StatusTable) -> Decimal | None:
    """What has reached a last stage, as invoiced; what is rejected does not count."""
    last = [p for p in line.reached if rule_of(p.code, table).terminal]
    return amount(last[-1].quantity or line.ordered) if last else NONE


def parts_of(*numbers: str) -> tuple[str, ...]:
    """The part numbers as they are compared, without those that are absent."""
    return tuple(part for part in map(folded, numbers) if part)


def folded(part: str) -> str:
    """A part number as it is compared: without case, padding and leading zeros."""
    return part.strip().lstrip("0").casefold()
