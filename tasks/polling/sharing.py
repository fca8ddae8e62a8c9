"""Shared purchase orders: which ERP order is given which of Westcon's, and assigned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from serializers.formats.text import unpadded
from serializers.order_record import Order
from serializers.timeline.codes import Code, note
from serializers.westcon.reply import StatusLine
from tasks.amendment import Amendment
from tasks.ledger_values import Held
from tasks.outcomes.errors import NotYet, PermanentError
from tasks.planning.statuses import StatusTable
from tasks.polling.owners import owners_of, with_given, with_released
from tasks.polling.ownership import (
    ALONE,
    BY_PURCHASE_ORDER,
    PERSON,
    UNASKED,
    Owner,
    Owners,
    folded_number,
    own_numbers,
    strangers,
)
from tasks.polling.pace import open_orders
from tasks.services import Ledger

#: How many orders a dead letter names.
SHOWN = 5

#: Code of a watch that is given up because a person must decide.
WHOSE = "whose_order"

#: How often a decision is made anew because others have changed what it rests on.
DECISIONS = 5


def find_owners(
    ledger: Ledger, order: Order, lines: Sequence[StatusLine], table: StatusTable
) -> Owners:
    """Decide whose those of Westcon's orders are that a look meets for the first time.

    What is given to another order of the ERP's is noted there before it is set aside
    here, so that somebody has it whichever worker ends in between.

    Args:
        ledger: which keeps who uses the purchase order.
        order: whose watch has asked, by purchase order.
        lines: the answer.
        table: which statuses end a line.

    Raises:
        NotYet: others have decided in between, again and again.
    """
    groups = strangers(order, lines)
    if not groups or order.cancelled:
        return UNASKED
    owners = _found(ledger, order, groups, table)
    for number, owner in owners.items():
        if owner.order not in {"", order.name}:
            hand_over(ledger, owner.order, groups[number][0].order_number, owner.by)
    return owners


def _found(
    ledger: Ledger,
    order: Order,
    groups: Mapping[str, Sequence[StatusLine]],
    table: StatusTable,
) -> Owners:
    _, purchase_order = order.westcon_reference or ("", "")
    for _ in range(DECISIONS):
        every = ledger.uses(purchase_order, order.name)
        others = [use.order for use in every if use.order != order.name]
        held = ledger.orders(others) if others else []
        found = zip(others, held, strict=True)
        orders = {name: one.order for name, one in found if one.order is not None}
        if any(one.unreadable for one in held):
            raise NotYet("a record is of another release", code="record", after=60.0)
        orders[order.name] = order
        left = with_released(every, orders, purchase_order)
        gone = {n for n, one in orders.items() if not _shares(one, order)}
        uses = [use for use in left if use.order not in gone]
        orders = {n: one for n, one in orders.items() if n not in gone}
        owners = owners_of(groups, uses, orders, table)
        after = with_given(left, owners)
        if after == every or ledger.give(purchase_order, every, after):
            return owners
    raise NotYet("others decide whose orders are whose", code="busy", after=1.0)


def _shares(other: Order, order: Order) -> bool:
    """Whether an order that has had this one's purchase order is still asked for by it.

    Another account has orders of its own, and a purchase order may be corrected.
    """
    kind, _ = other.westcon_reference or ("", "")
    if kind == BY_PURCHASE_ORDER:
        return other.westcon_question == order.westcon_question
    return other.account == order.account


def hand_over(ledger: Ledger, name: str, number: str, by: str) -> bool:
    """Note in an order's record that one of Westcon's is its own, and have it look.

    False where it is gone, and where its record has it already.

    Raises:
        NotYet: the order changes faster than this.
    """
    for _ in range(DECISIONS):
        (held,) = ledger.orders([name])
        order = held.order
        if order is None or folded_number(number) in own_numbers(order):
            return False
        aside = (
            n for n in order.set_aside if folded_number(n) != folded_number(number)
        )
        order = order._replace(
            assigned=(*order.assigned, number), set_aside=tuple(aside)
        )
        notes = (note(Code.ASSIGNED, number, by or ALONE),)
        if ledger.amend(Amendment(order, held.version, notes, WHOSE)):
            return True
    raise NotYet(f"order {name} changes all the time", code="busy", after=1.0)


def question(order: Order, owners: Owners, table: StatusTable) -> PermanentError | None:
    """What a person must decide before this watch goes on, if there is anything.

    Of those that may have one of Westcon's orders the one that was placed last asks,
    and so does each that has nothing else to look at.

    Args:
        order: whose watch looks.
        owners: of what it has met.
        table: of statuses.
    """
    for number, owner in owners.items():
        if owner.order or order.name not in owner.among:
            continue
        if owner.among[-1] == order.name or not open_orders(order, table):
            _, purchase_order = order.westcon_reference or ("", "")
            return PermanentError(
                f"Westcon's order {number} under purchase order {purchase_order} may "
                f"be that of {' or '.join(owner.among[:SHOWN])}: nobody is notified "
                f"of it until somebody decides: waybill orders assign ORDER {number}",
                code=WHOSE,
            )
    return None


@dataclass(frozen=True, slots=True)
class Assignment:
    """What became of a person's word.

    Attributes:
        result: `assigned`, `known` (it is the order's already), `taken` (it is another
            order's), `by_number` (the order is not watched by purchase order),
            `unreadable` or `unknown`.
        owner: the order that has it, where it is taken.
    """

    result: str
    owner: str = ""


def assign(ledger: Ledger, name: str, number: str) -> Assignment:
    """Give one of Westcon's orders to an order of the ERP's, because a person says so.

    Watches that have asked for it go on. To do it again changes nothing.

    Args:
        ledger: which keeps who uses the purchase order.
        name: of the ERP's order.
        number: Westcon's.

    Raises:
        NotYet: others change all that in between, again and again.
    """
    (held,) = ledger.orders([name])
    if held.order is None:
        return Assignment("unreadable" if held.unreadable else "unknown")
    order_type, purchase_order = held.order.westcon_reference or ("", "")
    if order_type != BY_PURCHASE_ORDER:
        return Assignment("by_number")
    own = folded_number(unpadded(number.strip()))
    for _ in range(DECISIONS):
        uses = ledger.uses(purchase_order, name)
        names = [use.order for use in uses]
        orders = dict(zip(names, ledger.orders(names), strict=True))
        theirs = {
            n: h.order
            for n, h in orders.items()
            if h.order is None or _shares(h.order, held.order)
        }
        names = list(theirs)
        known = {n: h.order for n, h in orders.items() if h.order is not None}
        left = with_released(uses, known, purchase_order)
        taken = [u.order for u in left if own in u.numbers and u.order in theirs] + [
            n for n, one in theirs.items() if one and own in own_numbers(one)
        ]
        if taken and taken[0] != name:
            return Assignment("taken", taken[0])
        after = with_given(left, {own: Owner(name, PERSON)})
        if after != uses and not ledger.give(purchase_order, uses, after):
            continue
        is_new = hand_over(ledger, name, own, PERSON)
        for other in names if not is_new else (n for n in names if n != name):
            _look_again(ledger, orders[other])
        return Assignment("assigned" if is_new else "known")
    raise NotYet("others decide whose orders are whose", code="busy", after=1.0)


def _look_again(ledger: Ledger, held: Held) -> None:
    """Have a watch look that may have asked; where its order has changed, it does."""
    if held.order is not None:
        ledger.amend(Amendment(held.order, held.version, (), WHOSE))
