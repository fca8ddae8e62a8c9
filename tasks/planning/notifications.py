"""Notifications of an order's transitions, in parts that any receiver takes.

The mapping of fields is the design's: Westcon's portal names on the one side,
Ingram's OrderStatusAsyncNotificationRequest on the other.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from serializers.formats.ids import event_id
from serializers.formats.instants import rfc3339
from serializers.ingram import encode
from serializers.order_record import Line, Order
from tasks.ledger_values import NewDelivery
from tasks.planning.identity import identity
from tasks.planning.rendering import delivery
from tasks.planning.rules import PlanRules
from tasks.planning.snapshot import Transition
from tasks.planning.statuses import (
    SHIPPED_RANK,
    VOIDED,
    StatusRule,
    StatusTable,
    rule_of,
)

#: Bytes of lines in one part. With its heads a body then stays below 100,000 bytes,
#: above which common servers refuse (Express unless told otherwise).
PART_BYTES = 65_536

#: An event type, and the line that is told under it; None tells the whole order.
NotifiedLine = tuple[str, encode.NotificationLine | None]


def parts(
    notified: Sequence[NotifiedLine], part_bytes: int = PART_BYTES
) -> list[list[NotifiedLine]]:
    """Cut so that each part's lines fit; a line that never fits goes alone.

    Endpoints take no part in it, so that a part says the same to all of them.

    Raises:
        EncodeError: a text holds half a surrogate pair.
    """
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


#: What the line of a cancelled order is told to be.
CANCELLED = StatusRule(99, terminal=True, event=VOIDED, line_status="IM::voided")

#: What a status without an entry in the table is told as, when the settings say so.
UPDATED = "im::updated"


def plan_notifications(
    order: Order,
    version: int,
    transitions: Sequence[Transition],
    rules: PlanRules,
    at_ms: int,
) -> tuple[NewDelivery, ...]:
    """The deliveries that tell the order's endpoints of its transitions.

    What is too long for one body follows one after the other in numbered parts.

    Args:
        order: the order with its new snapshot.
        version: the order's version once this is written; it makes the event's id.
        transitions: what changed; may hold changes that nobody is told.
        rules: statuses and endpoints.
        at_ms: the moment of the change, see `tasks.planning.event_time`; 0 for none.
    """
    notified = [
        (rule, change.line)
        for change in transitions
        if (rule := _rule_of(change.line, rules)) is not None
    ]
    changes = [f"{c.line.key}>{c.before}>{c.line.status}" for c in transitions]
    lines = _notified_lines(notified, rules.statuses)
    return deliveries(order, version, lines, changes, rules, at_ms)


def plan_cancellation(
    order: Order, version: int, rules: PlanRules, at_ms: int
) -> tuple[NewDelivery, ...]:
    """The deliveries that tell the order's endpoints that it was cancelled."""
    open_lines = [
        line
        for line in order.lines
        if not rule_of(line.status, rules.statuses).terminal
    ]
    notified = [(CANCELLED, line) for line in open_lines or (None,)]
    lines = _notified_lines(notified, rules.statuses)
    return deliveries(order, version, lines, ["cancelled"], rules, at_ms)


def _rule_of(line: Line, rules: PlanRules) -> StatusRule | None:
    rule = rule_of(line.status, rules.statuses)
    if rule.event:
        return rule
    if rules.notify_unknown and line.status not in rules.statuses:
        return replace(rule, event=UPDATED, line_status=line.status)
    return None


def deliveries(
    order: Order,
    version: int,
    lines: Sequence[NotifiedLine],
    changes: Sequence[str],
    rules: PlanRules,
    at_ms: int,
) -> tuple[NewDelivery, ...]:
    """The deliveries that notify the order's endpoints of lines, in parts that fit.

    Args:
        order: the order with what has changed.
        version: the order's version once this is written; it makes the event's id.
        lines: each under its event type, those of one type together.
        changes: what happened; it makes the event's id too.
        rules: endpoints.
        at_ms: the moment of the change; 0 for none.
    """
    id_ = event_id(*identity(order), str(version), *changes)
    cut = parts(lines)
    notifications = [
        encode.Notification(
            event_id=part_id(id_, number, len(cut)),
            event_timestamp=rfc3339(at_ms) if at_ms else "",
            resources=_resources(order, part),
        )
        for number, part in enumerate(cut, 1)
    ]
    names, known = receivers(order, rules), rules.endpoints
    made = (delivery(one, to, known.get(to)) for one in notifications for to in names)
    return tuple(one for one in made if one is not None)


def receivers(order: Order, rules: PlanRules) -> tuple[str, ...]:
    """The endpoints that the order names, known here or not; all if it names none."""
    if order.endpoints is not None:
        return order.endpoints
    others = rules.everyone.difference(rules.endpoints)
    return (*rules.endpoints, *sorted(others))


def _notified_lines(
    notified: Sequence[tuple[StatusRule, Line | None]], table: StatusTable
) -> list[NotifiedLine]:
    """What is told of each line, in rank order, those of one event type together."""
    by_event: defaultdict[str, list[NotifiedLine]] = defaultdict(list)
    for rule, line in sorted(notified, key=lambda one: one[0].rank):
        spelled = None if line is None else _notification_line(rule, line, table)
        by_event[rule.event].append((rule.event, spelled))
    return [one for lines in by_event.values() for one in lines]


def _resources(
    order: Order, part: Sequence[NotifiedLine]
) -> tuple[encode.Resource, ...]:
    """One resource per event type of the part."""
    by_event: defaultdict[str, list[encode.NotificationLine]] = defaultdict(list)
    for event, line in part:
        by_event[event] += [] if line is None else [line]
    return tuple(
        encode.Resource(
            event_type=event,
            order_number=order.number,
            customer_order_number=order.purchase_order,
            order_entry_timestamp=rfc3339(order.placed_ms) if order.placed_ms else "",
            lines=tuple(lines),
        )
        for event, lines in by_event.items()
    )


def _notification_line(
    rule: StatusRule, line: Line, table: StatusTable
) -> encode.NotificationLine:
    rank = rule_of(line.status, table).rank
    shipped = rank >= SHIPPED_RANK and rule.event != VOIDED
    shipments = (encode.Shipment(date=line.ship_date),) if line.ship_date else ()
    return encode.NotificationLine(
        line_number=line.number,
        sub_order_number=line.sub_order,
        line_status=rule.line_status,
        ingram_part_number=line.part,
        vendor_part_number=line.vendor_part,
        requested_quantity=line.quantity,
        shipped_quantity=line.quantity if shipped else "",
        backordered_quantity=(
            line.quantity if rule.event == "im::order_backordered" else ""
        ),
        shipments=shipments,
    )
