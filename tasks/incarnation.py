"""Which order of its number an order is, and what ids are made of because of it.

A number may be used again once its order is forgotten; versions begin anew then, and
what is sent must not have the ids of the earlier order.
"""

from serializers.events import OrderEvent
from serializers.hashed_parts import hash_parts
from serializers.order import Order, Stamp

#: Bytes of an incarnation. Two orders of one number get the same by chance once in
#: 10^12, and a record keeps it in a dozen digits.
_BYTES = 5


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
    """What tells an order from all others in the ids of its deliveries.

    An order of a release without incarnations keeps the ids that it has had.
    """
    if not order.incarnation:
        return (order.number,)
    return (order.number, f"incarnation {order.incarnation}")
