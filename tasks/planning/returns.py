"""Returns as the ERP reports them: which lines came back, and who is notified.

Ingram publishes no event type for a return, see docs/decisions/0046. What has come back
only grows: an event that comes twice, or late, changes nothing.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from serializers.events.event import EventLine
from serializers.ingram.notification import NotificationLine
from serializers.order_record import Line, Order, Return
from serializers.timeline.codes import Code, Note, note
from tasks.ledger_values import NewDelivery
from tasks.planning.lines.line_keys import lines_numbered
from tasks.planning.notifications import deliveries
from tasks.planning.rules import PlanRules

#: The event type and line status of a return: our own, formed as Ingram forms its own.
RETURNED = "im::order_returned"
LINE_STATUS = "IM::returned"

#: How many lines an entry of the timeline names.
NOTED = 10


def join_returns(
    known: Sequence[Return], found: Sequence[EventLine]
) -> tuple[tuple[Return, ...], tuple[EventLine, ...]]:
    """Join what an event reports into what is known.

    Args:
        known: one for each line number.
        found: the event's lines; a quantity is how much has come back in all.

    Returns:
        What is known after, by line number, and the event's lines that brought more.
    """
    quantities = {one.line_number: Decimal(one.quantity) for one in known}
    grown: dict[str, EventLine] = {}
    for line in found:
        quantity = Decimal(line.quantity)
        if quantity > quantities.get(line.line_number, 0):
            quantities[line.line_number] = quantity
            grown[line.line_number] = line
    more = {number: Return(number, line.quantity) for number, line in grown.items()}
    after = {one.line_number: one for one in known} | more
    return tuple(after[number] for number in sorted(after)), tuple(grown.values())


def listed(grown: Sequence[EventLine]) -> Iterator[Note]:
    """What the timeline notes of the lines of which more has come back."""
    if not grown:
        yield note(Code.NOTHING_RETURNED)
    for line in grown[:NOTED]:
        yield note(Code.LINE_RETURNED, line.line_number, line.quantity)
    if len(grown) > NOTED:
        yield note(Code.MORE_RETURNED, str(len(grown) - NOTED))


def notify_returned(
    order: Order, grown: Sequence[EventLine], rules: PlanRules, at_ms: int
) -> tuple[Order, tuple[NewDelivery, ...]]:
    """Notify the order's endpoints of what has come back.

    Args:
        order: the order with its returns.
        grown: lines of which more has come back; nobody is notified of none.
        rules: endpoints.
        at_ms: the moment of the return; 0 for none.

    Returns:
        The order, which remembers the moment, and the deliveries.
    """
    if not grown:
        return order, ()
    lines = [((RETURNED, False), _line(one, order.lines)) for one in grown]
    named = [n for one in grown for n in (one.line_number, "returned", one.quantity)]
    at_ms = max(order.notified_ms, at_ms)
    made = deliveries(order, lines, named, rules, at_ms)
    return order._replace(notified_ms=at_ms), made


def _line(returned: EventLine, seen: Sequence[Line]) -> NotificationLine:
    """What came back, with what the snapshot knows of that line."""
    known = lines_numbered(seen, returned.line_number)
    line = known[0] if known else Line("", returned.line_number, "")
    return NotificationLine(
        line_number=line.number,
        sub_order_number=line.sub_order,
        line_status=LINE_STATUS,
        ingram_part_number=line.part,
        vendor_part_number=returned.part_number or line.vendor_part,
        requested_quantity="",
        shipped_quantity="",
        backordered_quantity="",
        returned_quantity=returned.quantity,
    )
