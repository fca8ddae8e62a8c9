"""Watches of an order that an event moves, at every partner."""

from collections.abc import Iterator

from serializers.events.decode import EventType
from serializers.order_record import Order
from tasks.ledger_values import WatchChange, WatchMove
from tasks.planning.plan import Plan
from tasks.planning.rules import WESTCON, PlanRules, destination_of


def watch_changes(
    planned: Plan, kind: EventType, rules: PlanRules
) -> tuple[WatchChange, ...]:
    """The watch at Westcon as it was planned, then those at other partners.

    Args:
        planned: what the event leads to.
        kind: of the event.
        rules: the partners at which orders are watched.
    """
    place = destination_of(WESTCON, planned.order.account)
    westcon = WatchChange(WESTCON, planned.watch, place)
    changes = (westcon, *_others(planned.order, kind, rules))
    return tuple(one for one in changes if one.move is not WatchMove.NONE)


def _others(order: Order, kind: EventType, rules: PlanRules) -> Iterator[WatchChange]:
    move = _move(order, kind)
    for rule in rules.watches:
        place = rule.place(order)
        if place is not None:
            yield WatchChange(rule.partner, move, place)


def _move(order: Order, kind: EventType) -> WatchMove:
    """What an event means to a watch that needs no number of the partner's."""
    if order.cancelled:
        # Also where a newer event has cancelled it: it is not revived.
        return WatchMove.END
    match kind:
        case EventType.PLACED:
            return WatchMove.START
        case EventType.STATUS_CHANGED:
            return WatchMove.LOOK
        case _:
            return WatchMove.NONE
