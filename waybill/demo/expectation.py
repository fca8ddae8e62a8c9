"""Expected outcome of the story, derived from the story alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from serializers.events.decode import EventType, OrderEvent
from waybill.demo.story import Story, StoryOrder

#: The transitions that a receiver is notified of, in the order in which a line may take
#: them; the names are Ingram's.
EVENT_TYPES = {
    "SHI": "im::order_shipped",
    "INV": "im::order_invoiced",
    "REJ": "im::order_voided",
}
RANKS = {event_type: rank for rank, event_type in enumerate(EVENT_TYPES.values())}
VOIDED = EVENT_TYPES["REJ"]


@dataclass(frozen=True, slots=True, order=True)
class Notified:
    """One transition of one line, as one endpoint learns it."""

    endpoint: str
    order: str
    line: str
    event_type: str

    def __str__(self) -> str:
        what = f"{self.order} line {self.line or '?'} {self.event_type}"
        return f"{what} at {self.endpoint}"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the partners must have seen when all is over.

    Attributes:
        reported: each exactly once.
        customers: per order, the accounts it was linked to, the last one to stay.
    """

    notified: frozenset[Notified]
    customers: Mapping[str, tuple[str, ...]]


def expectation(story: Story) -> Expectation:
    """Work it out: a repeated event counts once, a malformed one not at all."""
    events = {t.event.id: t.event for t in story.publications if t.event is not None}
    notified = frozenset(
        Notified(endpoint, order.number, line, event_type)
        for order in story.orders
        for line, event_type in _changes(order, events.values())
        for endpoint in order.endpoints
    )
    customers: dict[str, tuple[str, ...]] = {}
    for event in sorted(events.values(), key=lambda event: event.time_ms or 0):
        if event.customer_id:
            before = customers.get(event.order_number, ())
            customers[event.order_number] = (*before, event.customer_id)
    return Expectation(notified, customers)


def _changes(
    order: StoryOrder, events: Iterable[OrderEvent]
) -> Iterator[tuple[str, str]]:
    """Each line with each event type that it is notified as."""
    yield from _seen_at_westcon(order)
    for event in events:
        if event.order_number != order.number:
            continue
        if event.type is EventType.STATUS_CHANGED:
            yield from ((ln.line_number, EVENT_TYPES[ln.status]) for ln in event.lines)
        if event.type is EventType.CANCELLED:
            yield from ((line, VOIDED) for line in order.lines)


def _seen_at_westcon(order: StoryOrder) -> Iterator[tuple[str, str]]:
    """What the looks bring; those before a baseline's first one bring nothing."""
    known = order.snapshots[0] if order.baseline else ("",) * len(order.lines)
    for snapshot in order.snapshots:
        for line, before, status in zip(order.lines, known, snapshot, strict=True):
            if status != before and status in EVENT_TYPES:
                yield line, EVENT_TYPES[status]
        known = snapshot
