"""Identity of an order: what distinguishes it from all others.

A number may be used again once its order is forgotten; versions begin anew then, and
what is sent must not have the ids of the earlier order.
"""

from serializers.events.decode import OrderEvent
from serializers.formats.ids import hash_parts
from serializers.order_record import Order, Stamp, order_name
from tasks.planning.rules import PlanRules

#: Bytes of an incarnation. Two orders of one number get the same by chance once in
#: 10^12, and a record keeps it in a dozen digits.
_BYTES = 5


def name_of(event: OrderEvent, rules: PlanRules) -> str:
    """What the ledger calls the event's order."""
    return order_name(event.order_number, _source(event, rules))


def _source(event: OrderEvent, rules: PlanRules) -> str:
    return event.source if rules.by_source else ""


def first_made(event: OrderEvent, stamp: Stamp, rules: PlanRules, now_ms: int) -> Order:
    """The order that an event makes, the first one about it."""
    return Order(
        event.order_number,
        seen_ms=now_ms,
        changed_ms=now_ms,
        incarnation=incarnation(event, stamp),
        source=_source(event, rules),
    )


def incarnation(event: OrderEvent, stamp: Stamp) -> int:
    """The incarnation of the order that an event makes; never 0.

    It follows from the event alone. Where a restored Redis has forgotten the order,
    the same event makes it again, and the same changes get the same ids.

    Args:
        event: the first event of the order.
        stamp: when it is.
    """
    digest = hash_parts(event.source, event.id, str(stamp.time_ms))
    return int.from_bytes(digest[:_BYTES]) or 1


def identity(order: Order) -> tuple[str, ...]:
    """What distinguishes an order from all others in the ids of its deliveries.

    An order of a release without incarnations keeps the ids that it has had.
    """
    if not order.incarnation:
        return (order.name,)
    return (order.name, f"incarnation {order.incarnation}")
