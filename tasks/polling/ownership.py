"""Which of Westcon's orders under one purchase order are an ERP order's own.

Customers use the number of a purchase order again. What Westcon had finished before the
ERP's order was placed belongs to an earlier use, and is set aside.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from serializers.order_record import Order
from serializers.westcon.reply import StatusLine
from tasks.planning.statuses import NOT_AUTHENTIC, StatusTable, rule_of

#: Order type of the customer's purchase orders.
BY_PURCHASE_ORDER = "C"

#: How much a day of Westcon's may be ahead or behind: it has no time zone.
LEEWAY = timedelta(days=1)

#: How many orders that are set aside are remembered; the others are judged anew.
REMEMBERED = 40


@dataclass(frozen=True, slots=True)
class SetAside:
    """An order of Westcon's that is not the ERP order's.

    Attributes:
        number: Westcon's, without leading zeros.
        finished: the last day that Westcon reports of it, "YYYY-MM-DD".
    """

    number: str
    finished: str


@dataclass(frozen=True, slots=True)
class SortedOut:
    """An answer by purchase order, sorted out.

    Attributes:
        own: the lines that are the order's, in the order they came.
        set_aside: numbers of Westcon's orders that are not, as the record keeps them.
        news: those that have not been in the record.
    """

    own: tuple[StatusLine, ...]
    set_aside: tuple[str, ...]
    news: tuple[SetAside, ...] = ()


def sort_out(
    order: Order, lines: Sequence[StatusLine], table: StatusTable
) -> SortedOut:
    """Sort out whose Westcon's orders are that it answers about one purchase order.

    An order of Westcon's that has once been reported as the ERP order's stays so, and
    one that was set aside stays that. Under `baseline` all there is is the order's.

    Args:
        order: the ERP's order before the answer.
        lines: the answer, lines of one purchase order or of one order of Westcon's.
        table: which statuses end a line.
    """
    order_type, _ = order.westcon_reference or ("", "")
    if order_type != BY_PURCHASE_ORDER or order.baseline:
        return SortedOut(tuple(lines), order.set_aside)
    own = {_folded(line.sub_order) for line in order.lines if line.sub_order}
    known = {_folded(number) for number in order.set_aside}
    old = [
        SetAside(group[0].order_number, finished)
        for number, group in _by_order(lines).items()
        if number not in own | known
        if (finished := _finished_before(order, group, table))
    ]
    aside = known | {_folded(one.number) for one in old}
    news = tuple(old[: max(0, REMEMBERED - len(known))])
    return SortedOut(
        own=tuple(line for line in lines if _folded(line.order_number) not in aside),
        set_aside=(*order.set_aside, *(one.number for one in news)),
        news=news and tuple(old),
    )


def _by_order(lines: Sequence[StatusLine]) -> dict[str, list[StatusLine]]:
    groups: defaultdict[str, list[StatusLine]] = defaultdict(list)
    for line in lines:
        if line.order_number and line.status != NOT_AUTHENTIC:
            groups[_folded(line.order_number)].append(line)
    return groups


def _finished_before(
    order: Order, lines: Sequence[StatusLine], table: StatusTable
) -> str:
    """The last day of a Westcon order that ended before this one was placed, or "".

    One with an open line, or with a line of no day, is not known to have ended.
    """
    if not order.placed_ms:
        return ""
    if not all(rule_of(line.status, table).terminal for line in lines):
        return ""
    days = [max(line.status_date, line.ship_date) for line in lines]
    placed = datetime.fromtimestamp(order.placed_ms / 1000, UTC).date()
    if not all(days) or date.fromisoformat(max(days)) >= placed - LEEWAY:
        return ""
    return max(days)


def _folded(number: str) -> str:
    return number.upper()
