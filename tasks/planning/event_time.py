"""Time of an event or a change, the same whenever and however often it is planned.

An event is at its time, where it gives one that can be, else when it was published. A
change must not be dated by the moment at which it is planned: planned again, after
Redis was restored, it has the same id and has to have the same body.
"""

from collections.abc import Sequence

from serializers.events.decode import OrderEvent
from serializers.events.entry_fields import position
from serializers.formats.instants import is_moment, midnight
from serializers.order_record import Line, Order, Stamp
from serializers.timeline.codes import Code, Note, note

#: How far ahead of Redis' clock a producer's may be, with its time zone mistaken.
AHEAD_MS = 86_400_000


def stamp_of(event: OrderEvent, entry: str, now_ms: int) -> Stamp:
    """What makes one event newer than another: its time, then its entry.

    A time too far ahead of when it was published counts as that, or nothing that
    happens later could be newer. Producers may choose an entry's id, so one that can
    be no time of day counts as now.
    """
    return Stamp(_own_moment(event, entry, now_ms) or now_ms, position(entry))


def _own_moment(event: OrderEvent, entry: str, now_ms: int) -> int:
    """The event's moment, whenever it is planned; 0 where nothing gives one."""
    published = _published(entry, now_ms)
    if event.time_ms is None or _is_ahead(event.time_ms, published or now_ms):
        return published
    return event.time_ms


def _published(entry: str, now_ms: int) -> int:
    written, _ = position(entry)
    return 0 if not is_moment(written) or _is_ahead(written, now_ms) else written


def notified_moment(event: OrderEvent, entry: str, order: Order, now_ms: int) -> int:
    """The moment at which an event changes its order: its own, where it has one.

    Args:
        event: that is planned.
        entry: the first stream entry that held it.
        order: that it is about.
        now_ms: what is more than a day ahead of it is no moment; it never is one.
    """
    return _own_moment(event, entry, now_ms) or seen_moment(order, ())


def seen_moment(order: Order, changed: Sequence[Line]) -> int:
    """The moment of a change that a look has seen; 0 where nothing gives one.

    It is the latest day that Westcon gives for the status of a changed line, at
    midnight, and never before the order was placed. When it was looked at does not
    matter.
    """
    latest = max((line.status_date for line in changed), default="")
    return max(order.placed_ms, midnight(latest)) or order.seen_ms


def remarks(event: OrderEvent, entry: str, now_ms: int) -> tuple[Note, ...]:
    """What the timeline notes of a time that is not taken as it was written."""
    if event.null_time:
        return (note(Code.NO_TIME, event.null_time),)
    reference = _published(entry, now_ms) or now_ms
    if event.time_ms is not None and _is_ahead(event.time_ms, reference):
        return (note(Code.TIME_AHEAD, str(event.time_ms)),)
    return ()


def healed(order: Order, now_ms: int) -> Order:
    """The order without moments too far ahead, which older releases took as they came.

    They count as none, so that any event is newer.
    """
    return order._replace(
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
