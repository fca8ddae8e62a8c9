"""When an event is: its time, where it gives one that can be; else its entry's."""

from dataclasses import replace

from serializers.entry_fields import position
from serializers.events import OrderEvent
from serializers.instants import is_moment, rfc3339
from serializers.order import Order, Stamp

#: How far ahead of Redis' clock a producer's may be, with its time zone mistaken.
AHEAD_MS = 86_400_000


def stamp_of(event: OrderEvent, entry: str, now_ms: int) -> Stamp:
    """What makes one event newer than another: its time, then its entry.

    A time too far ahead counts as now, or nothing that happens later could be newer.
    Producers may choose an entry's id, so one that can be no time of day counts as
    now too.
    """
    at = position(entry)
    written = at[0] if event.time_ms is None else event.time_ms
    can_be = is_moment(written) and not _is_ahead(written, now_ms)
    return Stamp(written if can_be else now_ms, at)


def note(event: OrderEvent, now_ms: int) -> str:
    """What the timeline says of a time that is not taken as it was written."""
    if event.null_time:
        return f"; its time {event.null_time} is before 2000 and counts as none"
    if event.time_ms is not None and _is_ahead(event.time_ms, now_ms):
        at = rfc3339(event.time_ms)
        return f"; its time {at} is more than a day ahead and counts as now"
    return ""


def healed(order: Order, now_ms: int) -> Order:
    """The order without moments too far ahead, which older releases took as they came.

    They count as none, so that any event is newer.
    """
    return replace(
        order,
        placed_ms=0 if _is_ahead(order.placed_ms, now_ms) else order.placed_ms,
        facts_at=_healed(order.facts_at, now_ms),
        placed_at=_healed(order.placed_at, now_ms),
        customer_at=_healed(order.customer_at, now_ms),
        cancelled_at=_healed(order.cancelled_at, now_ms),
    )


def _healed(stamp: Stamp, now_ms: int) -> Stamp:
    return Stamp(0, stamp.entry) if _is_ahead(stamp.time_ms, now_ms) else stamp


def _is_ahead(ms: int, now_ms: int) -> bool:
    return ms > now_ms + AHEAD_MS
