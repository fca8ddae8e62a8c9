"""Notifications of an order's transitions, split into parts that any receiver takes.

The mapping of fields is the design's: Westcon's portal names on the one side,
Ingram's OrderStatusAsyncNotificationRequest on the other.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from serializers.formats.ids import event_id
from serializers.formats.instants import rfc3339
from serializers.ingram import encode
from serializers.order_record import Line, Order, Shipment
from tasks.ledger_values import NewDelivery
from tasks.planning.identity import identity
from tasks.planning.lines.distribution import (
    backordered,
    classified,
    is_covered,
    shipped,
)
from tasks.planning.lines.transitions import Transition
from tasks.planning.occurrences import News, Occurrence, news_of
from tasks.planning.rendering import delivery
from tasks.planning.rules import PlanRules
from tasks.planning.statuses import VOIDED, StatusRule, StatusTable

#: Bytes of lines in one part. With its heads a body then stays below 100,000 bytes,
#: above which common servers refuse (Express unless configured otherwise).
PART_BYTES = 65_536

#: An event type, and whether it is there for late facts alone.
Heading = tuple[str, bool]

#: The line that is notified under an event type; None stands for the whole order.
NotifiedLine = tuple[Heading, encode.NotificationLine | None]


def parts(
    notified: Sequence[NotifiedLine], part_bytes: int = PART_BYTES
) -> list[list[NotifiedLine]]:
    """Cut so that each part's lines fit; a line that never fits goes alone.

    Endpoints take no part in it, so that a part holds the same for all of them.

    Raises:
        EncodeError: a text holds half a surrogate pair.
    """
    if (
        notified
        and sum(encode.most_bytes(ln) + 1 for _, ln in notified if ln) <= part_bytes
    ):
        return [list(notified)]
    cut: list[list[NotifiedLine]] = []
    room = 0
    for event, line in notified:
        size = 0 if line is None else encode.line_bytes(line) + 1
        if not cut or size > room:
            cut.append([])
            room = part_bytes
        cut[-1].append((event, line))
        room -= size
    return cut


def part_id(event_id: str, number: int, of: int) -> str:
    """Name a part: the event's own id when there is one part, else `ID-2-3`.

    Both signatures cover the id, and so the numbers; receivers know repeats by it.
    """
    return event_id if of == 1 else f"{event_id}-{number}-{of}"


#: The status that the lines of a cancelled order are notified with.
CANCELLED = StatusRule(99, terminal=True, event=VOIDED, line_status="IM::voided")


def plan_notifications(
    order: Order, transitions: Sequence[Transition], rules: PlanRules, at_ms: int
) -> tuple[Order, tuple[NewDelivery, ...]]:
    """Notify the order's endpoints of its transitions.

    What is too long for one body follows one after the other in numbered parts.

    Args:
        order: the order with its new snapshot.
        transitions: what changed; may hold changes that concern nobody.
        rules: statuses and endpoints.
        at_ms: the moment of the change, see `tasks.planning.event_time`; 0 for none.

    Returns:
        The order, which remembers the moment, and the deliveries.
    """
    return _notified(order, news_of(transitions, rules), rules, at_ms)


def plan_cancellation(
    order: Order, rules: PlanRules, at_ms: int
) -> tuple[Order, tuple[NewDelivery, ...]]:
    """Notify the order's endpoints that what is not finished of it was cancelled.

    Nobody is notified of an order of which all is finished.
    """
    lines = [classified(line, rules.statuses) for line in order.lines]
    unfinished = [line for line in lines if not is_covered(line, rules.statuses)]
    if lines and not unfinished:
        return order, ()
    cancelled = [
        Occurrence(CANCELLED, line._replace(now=()), line) for line in unfinished
    ]
    placed = order.placed_at
    # An order may be placed again after it was cancelled, and be cancelled again.
    named = ["cancelled", str(placed.time_ms), *map(str, placed.entry)]
    notified = cancelled or [Occurrence(CANCELLED, None)]
    return _notified(order, News(notified, named), rules, at_ms)


def _notified(
    order: Order, news: News, rules: PlanRules, at_ms: int
) -> tuple[Order, tuple[NewDelivery, ...]]:
    if not news.occurrences:
        return order, ()
    lines, at_ms = marked(order.lines, news), max(order.notified_ms, at_ms)
    order = order._replace(lines=lines, notified_ms=at_ms)
    return order, notify(order, news, rules)


def marked(lines: Sequence[Line], news: News) -> tuple[Line, ...]:
    """The lines, of which the record notes that receivers were notified of them."""
    found = (one.line for one in news.occurrences)
    keys = {line.key for line in found if line is not None and not line.notified}
    if not keys:
        return tuple(lines)
    return tuple(
        [one._replace(notified=True) if one.key in keys else one for one in lines]
    )


def notify(order: Order, news: News, rules: PlanRules) -> tuple[NewDelivery, ...]:
    """Notify the order's endpoints of news, at its `notified_ms`."""
    if not news.occurrences:
        return ()
    spelled = notified_lines(news.occurrences, rules.statuses)
    return deliveries(order, spelled, news.names, rules, order.notified_ms)


def deliveries(
    order: Order,
    lines: Sequence[NotifiedLine],
    named: Sequence[str],
    rules: PlanRules,
    at_ms: int,
) -> tuple[NewDelivery, ...]:
    """The deliveries that notify the order's endpoints of lines, in parts that fit.

    Args:
        order: the order with what has changed.
        lines: at least one, each under its event type, those of one type together.
        named: what happened, and nothing else that happens to the order; it makes the
            event's id.
        rules: endpoints.
        at_ms: the moment of the notification, not before that of an earlier one of the
            order; 0 for none.
    """
    id_ = event_id(*identity(order), *named)
    return under_id(order, lines, id_, receivers(order, rules), rules, at_ms)


def under_id(
    order: Order,
    lines: Sequence[NotifiedLine],
    id_: str,
    to: Sequence[str],
    rules: PlanRules,
    at_ms: int,
) -> tuple[NewDelivery, ...]:
    """As `deliveries`, under this event's id and to these endpoints."""
    cut = parts(lines)
    notifications = [
        encode.Notification(
            event_id=part_id(id_, number, len(cut)),
            event_timestamp=rfc3339(at_ms) if at_ms else "",
            resources=_resources(order, part),
        )
        for number, part in enumerate(cut, 1)
    ]
    known = rules.endpoints
    made = (
        delivery(one, name, known.get(name)) for one in notifications for name in to
    )
    return tuple(one for one in made if one is not None)


def receivers(order: Order, rules: PlanRules) -> tuple[str, ...]:
    """The endpoints that the order names, known here or not; all if it names none."""
    if order.endpoints is not None:
        return order.endpoints
    others = rules.everyone.difference(rules.endpoints)
    return (*rules.endpoints, *sorted(others))


def notified_lines(
    notified: Sequence[Occurrence], table: StatusTable
) -> list[NotifiedLine]:
    """The lines in rank order, those of one event type together, late facts last."""
    by_event: defaultdict[Heading, list[NotifiedLine]] = defaultdict(list)
    for one in sorted(notified, key=lambda one: (one.late, one.rule.rank)):
        heading = (one.rule.event, one.late)
        spelled = None if one.line is None else _notification_line(one, one.line, table)
        by_event[heading].append((heading, spelled))
    return [one for lines in by_event.values() for one in lines]


def _resources(
    order: Order, part: Sequence[NotifiedLine]
) -> tuple[encode.Resource, ...]:
    """One resource per event type of the part."""
    by_event: defaultdict[Heading, list[encode.NotificationLine]] = defaultdict(list)
    for heading, line in part:
        by_event[heading] += [] if line is None else [line]
    return tuple(
        encode.Resource(
            event_type=event,
            order_number=order.number,
            customer_order_number=order.purchase_order,
            order_entry_timestamp=rfc3339(order.placed_ms) if order.placed_ms else "",
            lines=tuple(lines),
            late_facts=late,
        )
        for (event, late), lines in by_event.items()
    )


def _notification_line(
    one: Occurrence, line: Line, table: StatusTable
) -> encode.NotificationLine:
    back = backordered(line, table)
    if back is None and one.before is not None and backordered(one.before, table):
        back = "0"
    serials = [n for shipment in line.shipments for n in shipment.serial_numbers]
    return encode.NotificationLine(
        line_number=line.number,
        sub_order_number=line.sub_order,
        line_status=one.rule.line_status,
        ingram_part_number=line.part,
        vendor_part_number=line.vendor_part,
        requested_quantity=line.ordered,
        shipped_quantity=shipped(line, table) or "",
        backordered_quantity=back or "",
        shipments=tuple([_shipment(one) for one in line.shipments]),
        serial_numbers=tuple(dict.fromkeys(serials)) if serials else (),
    )


# Lines of one order often are in one shipment.
@lru_cache(256)
def _shipment(one: Shipment) -> encode.Shipment:
    """A shipment with its parcels; what is in one is known where there is no other."""
    if not any(one[2:]):
        return encode.Shipment(one.date)
    alone = len(one.tracking_numbers) == 1
    return encode.Shipment(
        date=one.date,
        carrier_code=one.carrier_code,
        carrier_name=one.carrier,
        warehouse_name=one.warehouse,
        packages=tuple(
            [
                encode.Package(number, quantity=one.quantity if alone else "")
                for number in one.tracking_numbers
            ]
        ),
    )
