"""Which of Westcon's orders under one purchase order are an ERP order's own.

Customers use the number of a purchase order again. What Westcon had finished before the
ERP's order was placed belongs to an earlier use, and is set aside.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from serializers.formats.text import unpadded
from serializers.order_record import Line, Order
from serializers.westcon.reply import StatusLine
from tasks.planning.statuses import NOT_AUTHENTIC, StatusTable, rule_of

#: Order type of the customer's purchase orders.
BY_PURCHASE_ORDER = "C"

#: How much a day of Westcon's may be ahead or behind: it has no time zone.
LEEWAY = timedelta(days=1)

#: How many orders that are set aside are remembered; the others are judged anew.
REMEMBERED = 40


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an order of Westcon's is, where several of the ERP's have its number.

    Attributes:
        order: the name of the ERP's; "" where a person must decide.
        by: how that was decided now, "" where it has been before.
        among: names of those that it may be, where a person must decide.
    """

    order: str
    by: str = ""
    among: tuple[str, ...] = ()


#: How it was decided: nobody else may have it, its lines, its days, a person.
ALONE, LINES, DAYS, PERSON = "alone", "lines", "days", "person"

#: Owners by Westcon's number, as it compares.
Owners = Mapping[str, Owner]
UNASKED: Owners = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SetAside:
    """An order of Westcon's that is not the ERP order's.

    Attributes:
        number: Westcon's, without leading zeros.
        finished: the last day that Westcon reports of it, "YYYY-MM-DD".
        owner: the order of the ERP's that it is given to; then `finished` is "".
    """

    number: str
    finished: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class SortedOut:
    """An answer by purchase order, sorted out.

    Attributes:
        own: the lines that are the order's, in the order they came.
        set_aside: numbers of Westcon's orders that are not, as the record keeps them.
        news: those that have not been in the record.
        given: those that are the order's since this look, each with how.
    """

    own: tuple[StatusLine, ...]
    set_aside: tuple[str, ...]
    news: tuple[SetAside, ...] = ()
    given: tuple[tuple[str, str], ...] = ()


def sort_out(
    order: Order,
    lines: Sequence[StatusLine],
    table: StatusTable,
    owners: Owners = UNASKED,
) -> SortedOut:
    """Sort out whose Westcon's orders are that it answers about one purchase order.

    An order of Westcon's that has once been reported as the ERP order's stays so, and
    one that was set aside stays that. Under `baseline` nothing is too old.

    Args:
        order: the ERP's order before the answer.
        lines: the answer, lines of one purchase order or of one order of Westcon's.
        table: which statuses end a line.
        owners: whose those are that are new, as far as it has been decided.
    """
    order_type, _ = order.westcon_reference or ("", "")
    if order_type != BY_PURCHASE_ORDER:
        return SortedOut(tuple(lines), order.set_aside)
    groups = strangers(order, lines)
    found = (_aside(order, n, group, table, owners) for n, group in groups.items())
    old = [one for one in found if one is not None]
    doubtful = {n for n in groups if n in owners and not owners[n].order}
    known = set(map(folded_number, order.set_aside))
    aside = known | {folded_number(one.number) for one in old}
    news = tuple(old[: max(0, REMEMBERED - len(known))])
    own = (ln for ln in lines if folded_number(ln.order_number) not in aside | doubtful)
    mine = ((n, owners[n].by) for n in groups if n in owners)
    return SortedOut(
        own=tuple(own),
        set_aside=(*order.set_aside, *(one.number for one in news)),
        news=news and tuple(old),
        given=tuple((n, by) for n, by in mine if by and owners[n].order == order.name),
    )


def _aside(
    order: Order,
    number: str,
    group: Sequence[StatusLine],
    table: StatusTable,
    owners: Owners,
) -> SetAside | None:
    """The order of Westcon's where it is not this order's, None where it may be."""
    name, owner = group[0].order_number, owners.get(number)
    if owner is None:
        finished = finished_before(order, group, table)
        return SetAside(name, finished) if finished else None
    if owner.order in {"", order.name}:
        return None
    return SetAside(name, "", owner.order)


def strangers(order: Order, lines: Sequence[StatusLine]) -> dict[str, list[StatusLine]]:
    """The lines of those orders that are neither its own nor set aside, by number."""
    known = own_numbers(order) | set(map(folded_number, order.set_aside))
    groups: defaultdict[str, list[StatusLine]] = defaultdict(list)
    for line in lines:
        number = folded_number(line.order_number)
        if number and number not in known and line.status != NOT_AUTHENTIC:
            groups[number].append(line)
    return groups


def own_numbers(order: Order) -> set[str]:
    """Westcon's orders that are known to be the order's."""
    own = {line.sub_order for line in order.lines if line.sub_order}
    own.update(order.assigned)
    if order.westcon_number and order.westcon_type != BY_PURCHASE_ORDER:
        own.add(unpadded(order.westcon_number))
    return set(map(folded_number, own))


def finished_before(
    order: Order, lines: Sequence[StatusLine], table: StatusTable
) -> str:
    """The last day of a Westcon order that ended before this one was placed, or "".

    One with an open line, or with a line of no day, is not known to have ended. What is
    taken over by a baseline may be as old as it likes.
    """
    placed = placed_day(order)
    if placed is None or order.baseline:
        return ""
    if not all(rule_of(line.status, table).terminal for line in lines):
        return ""
    days = [max(line.status_date, line.ship_date) for line in lines]
    if not all(days) or date.fromisoformat(max(days)) >= placed - LEEWAY:
        return ""
    return max(days)


def placed_day(order: Order) -> date | None:
    """The day (UTC) of the first `order.placed`, None without one."""
    if not order.placed_ms:
        return None
    return datetime.fromtimestamp(order.placed_ms / 1000, UTC).date()


def folded_number(number: str) -> str:
    """One of Westcon's own numbers as it compares; leading zeros are gone already."""
    return number.upper()


def still_assigned(
    before: Order, snapshot: Sequence[Line], answer: SortedOut
) -> tuple[str, ...]:
    """Its own orders that have no line in the record: such as waits for parcels."""
    order_type, _ = before.westcon_reference or ("", "")
    if order_type != BY_PURCHASE_ORDER:
        return ()
    met = (line.order_number for line in answer.own if line.status != NOT_AUTHENTIC)
    seen = {folded_number(line.sub_order) for line in snapshot}
    own = dict.fromkeys(filter(None, (*before.assigned, *met)))
    return tuple(number for number in own if folded_number(number) not in seen)
