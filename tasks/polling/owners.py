"""Decision whose Westcon's orders are, of several ERP orders with one purchase order.

Each is given to one of them by its lines, else by its days; what neither tells apart is
a person's to decide.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from serializers.order_record import Order
from serializers.purchase_order_uses import Use
from serializers.westcon.reply import StatusLine
from tasks.planning.lines.amounts import NONE, amount
from tasks.planning.lines.coverage import folded, parts_of
from tasks.planning.statuses import StatusTable
from tasks.polling.ownership import (
    ALONE,
    BY_PURCHASE_ORDER,
    DAYS,
    LEEWAY,
    LINES,
    Owner,
    Owners,
    finished_before,
    folded_number,
    own_numbers,
    placed_day,
)

#: How much is ordered of each part.
Parts = Mapping[str, Decimal]


def owners_of(
    groups: Mapping[str, Sequence[StatusLine]],
    uses: Sequence[Use],
    orders: Mapping[str, Order],
    table: StatusTable,
) -> dict[str, Owner]:
    """Decide whose each order of Westcon's is; what was decided stays decided.

    Args:
        groups: the lines of each, by number.
        uses: of their purchase order.
        orders: those of the ERP's that have it, by name, as far as they are known.
        table: which statuses end a line.
    """
    known = {n: name for name, one in orders.items() for n in own_numbers(one)}
    known |= {n: use.order for use in uses for n in use.numbers}
    owners = {n: Owner(known[n]) for n in groups if n in known}
    left = {name: _Left.of(one) for name, one in orders.items()}
    for number in sorted(groups.keys() - known.keys()):
        lines = groups[number]
        may = sorted(
            (one.placed_ms, name)
            for name, one in orders.items()
            if (one.westcon_reference or ("",))[0] == BY_PURCHASE_ORDER
            and not finished_before(one, lines, table)
        )
        owner = _decided([name for _, name in may], lines, left)
        if owner is not None:
            owners[number] = owner
        if owner is not None and owner.order:
            left[owner.order] = left[owner.order].without(_parts(lines))
    return owners


@dataclass(frozen=True, slots=True)
class _Left:
    """An order of the ERP's, and how much of it is still to come.

    Attributes:
        parts: what is expected and not there yet, None where no part is expected.
        has_own: whether it has an order of Westcon's already.
    """

    order: Order
    parts: Parts | None
    has_own: bool

    @classmethod
    def of(cls, order: Order) -> "_Left":
        by_part = any(one.part for one in order.expected)
        wanted: defaultdict[str, Decimal] = defaultdict(Decimal)
        for one in order.expected:
            # Without a quantity it may be any.
            wanted[folded(one.part)] += amount(one.quantity) or Decimal("Infinity")
        left = cls(order, wanted if by_part else None, bool(own_numbers(order)))
        come: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in order.lines:
            own = parts_of(line.part, line.vendor_part)
            come[next((p for p in own if p in wanted), "")] += (
                amount(line.ordered) or NONE
            )
        return replace(left.without(come), has_own=left.has_own)

    def without(self, parts: Parts) -> "_Left":
        """The same, of which these have come."""
        if self.parts is None:
            return replace(self, has_own=True)
        rest = {p: max(NONE, n - parts.get(p, NONE)) for p, n in self.parts.items()}
        return replace(self, parts=rest, has_own=True)

    def fits(self, parts: Parts) -> bool | None:
        """Whether these may be of what is to come; None where that is not known."""
        if self.parts is None:
            return None
        return all(n <= self.parts.get(part, NONE) for part, n in parts.items())

    def equals(self, parts: Parts) -> bool:
        """Whether these are all that is to come."""
        left = self.parts or {}
        return bool(left) and parts == {part: n for part, n in left.items() if n}


def _parts(lines: Iterable[StatusLine]) -> Parts:
    parts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        parts[folded(line.product_number)] += amount(line.quantity) or NONE
    return {part: quantity for part, quantity in parts.items() if quantity}


def _decided(
    may: Sequence[str], lines: Sequence[StatusLine], left: Mapping[str, _Left]
) -> Owner | None:
    """The owner; None where it can be nobody's."""
    if len(may) < 2:  # noqa: PLR2004 (there is nothing to decide)
        return Owner(may[0], ALONE) if may else None
    older = [name for name in may if not _placed_after(left[name].order, lines)]
    if len(older) == 1:
        return Owner(older[0], DAYS)
    may, parts = older or may, _parts(lines)
    fits = [name for name in may if left[name].fits(parts)]
    equal = [name for name in fits if left[name].equals(parts)]
    by_lines = equal if len(equal) == 1 else fits
    if len(by_lines) == 1:
        return Owner(by_lines[0], LINES)
    pool = by_lines or [n for n in may if left[n].fits(parts) is None] or may
    bare = [name for name in pool if not left[name].has_own]
    if len(bare) == 1 and _is_newest(bare[0], pool, left):
        return Owner(bare[0], DAYS)
    return Owner("", among=tuple(pool))


def _placed_after(order: Order, lines: Sequence[StatusLine]) -> bool:
    """Whether Westcon had the order more than a day before the ERP placed this one."""
    days = (day for line in lines for day in (line.status_date, line.ship_date) if day)
    earliest, placed = min(days, default=""), placed_day(order)
    if not earliest or placed is None or order.baseline:
        return False
    return date.fromisoformat(earliest) < placed - LEEWAY


def _is_newest(name: str, among: Collection[str], left: Mapping[str, _Left]) -> bool:
    """Whether it was placed more than a day after all the others."""
    own = placed_day(left[name].order)
    others = [placed_day(left[other].order) for other in among if other != name]
    if own is None:
        return False
    return all(day is not None and day < own - LEEWAY for day in others)


def with_released(
    uses: Sequence[Use], orders: Mapping[str, Order], purchase_order: str
) -> tuple[Use, ...]:
    """The uses without what a correction has taken from their orders.

    Where the order is corrected back, it has no more claim on it than the others.

    Args:
        uses: of the purchase order.
        orders: those of the ERP's that have it or have had it, by name, as far as they
            are known.
        purchase_order: as it is asked for.
    """
    return tuple(
        _without_released(use, orders[use.order], purchase_order)
        if use.order in orders
        else use
        for use in uses
    )


def _without_released(use: Use, order: Order, purchase_order: str) -> Use:
    kind, number = order.westcon_reference or ("", "")
    now = number if kind == BY_PURCHASE_ORDER else order.purchase_order
    if now.strip() != purchase_order.strip():
        return replace(use, numbers=())
    aside = {folded_number(line.sub_order) for line in order.aside}
    gone = aside - own_numbers(order)
    kept = tuple(one for one in use.numbers if one not in gone)
    return use if kept == use.numbers else replace(use, numbers=kept)


def with_given(uses: Sequence[Use], owners: Owners) -> tuple[Use, ...]:
    """The uses with what has been decided now."""
    return tuple(
        replace(use, numbers=tuple(dict.fromkeys((*use.numbers, *_given(use, owners)))))
        for use in uses
    )


def _given(use: Use, owners: Owners) -> list[str]:
    return [n for n, owner in owners.items() if owner.by and owner.order == use.order]
