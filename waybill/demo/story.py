"""The demo's story: its orders, and when the ERP publishes which event."""

from dataclasses import dataclass, replace
from itertools import chain

from serializers.events.decode import EventLine, EventType, OrderEvent, encode

#: The receivers: two that are well, one that stumbles, one that is down.
ACME, GLOBEX, STUMBLES, DOWN = "acme", "globex", "initech", "hooli"

#: The site at DECK that takes its links as XML; the other one takes JSON.
XML_SITE = "xml"

Snapshots = tuple[tuple[str, ...], ...]

USUAL: Snapshots = (("SCH",), ("SHI",), ("INV",))
IN_PARTS: Snapshots = (("SCH", "SCH"), ("SHI", "SCH"), ("INV", "SHI"), ("INV", "INV"))
STILL: Snapshots = (("SCH",),)

#: So many orders are placed at once, so many seconds after the ones before.
WAVE, PACE = 3, 1.0
#: Not JSON's fault: the order number is what is missing.
MALFORMED = (
    b'{"specversion":"1.0","id":"evt-malformed","source":"/erp/demo",'
    b'"type":"order.placed","data":{"purchase_order":"PO-1999"}}'
)


@dataclass(frozen=True, slots=True)
class StoryOrder:
    """One order, as the ERP and Westcon know it.

    Attributes:
        number: the ERP's.
        snapshots: the statuses of its lines at Westcon, one after the other.
        polls_each: how many looks see the same snapshot.
        by_reference: whether Westcon is asked by the customer's purchase order.
        endpoints: who is notified of it.
    """

    number: str
    snapshots: Snapshots = USUAL
    polls_each: int = 1
    customer: str = ""
    by_reference: bool = False
    baseline: bool = False
    endpoints: tuple[str, ...] = (ACME, GLOBEX)

    @property
    def digits(self) -> str:
        return self.number.removeprefix("SO-")

    @property
    def westcon_number(self) -> str:
        return f"600000{self.digits}"

    @property
    def purchase_order(self) -> str:
        return f"PO-{self.digits}"

    @property
    def asked_as(self) -> str:
        """The number by which Westcon is asked."""
        return self.purchase_order if self.by_reference else self.westcon_number

    @property
    def deck_site(self) -> str:
        """Every other order is linked at the site that takes XML."""
        return "" if int(self.digits) % 2 else XML_SITE

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(str(10 * n) for n in range(1, len(self.snapshots[0]) + 1))


@dataclass(frozen=True, slots=True)
class Publication:
    """What the ERP publishes.

    Attributes:
        at: seconds after the story's start.
        body: the event's bytes.
        event: what they mean, None when they mean nothing.
        after_polls: not before Westcon was asked so often about the order.
    """

    at: float
    body: bytes
    event: OrderEvent | None = None
    after_polls: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """All of it; what of it matters to whom is `expectation`'s business.

    Attributes:
        stumbling: the order whose first notification is refused twice.
        given_up: the order whose notification becomes a dead letter.
        shown: the order whose timeline the summary shows.
    """

    orders: tuple[StoryOrder, ...]
    publications: tuple[Publication, ...]
    stumbling: str
    given_up: str
    shown: str


def demo_story(start_ms: int) -> Story:
    """The story, with events dated from this UTC millisecond on."""
    stumbling = StoryOrder("SO-1008", endpoints=(ACME, STUMBLES))
    given_up = StoryOrder("SO-1012", (("SCH",), ("INV",)), endpoints=(DOWN,))
    changed, cancelled = StoryOrder("SO-1015", STILL), StoryOrder("SO-1018", STILL)
    relinked = StoryOrder("SO-1021")
    special = (
        stumbling,
        given_up,
        changed,
        cancelled,
        relinked,
        *(StoryOrder(f"SO-{n}", IN_PARTS) for n in (1003, 1010, 1017)),
        *(StoryOrder(f"SO-{n}", by_reference=True) for n in (1005, 1013, 1020)),
        StoryOrder("SO-1007", (("SCH",), ("REJ",))),
        StoryOrder("SO-1023", (("INV",),), baseline=True),
    )
    taken = {order.number for order in special}
    usual = (StoryOrder(f"SO-{n}", polls_each=1 + n % 2) for n in range(1001, 1026))
    plain = (order for order in usual if order.number not in taken)
    orders = sorted(chain(special, plain), key=lambda order: order.number)
    known = tuple(replace(order, customer=f"C-{order.digits}") for order in orders)
    return Story(
        orders=known,
        publications=_publications(known, (changed, cancelled, relinked), start_ms),
        stumbling=stumbling.number,
        given_up=given_up.number,
        shown=stumbling.number,
    )


def _publications(
    orders: tuple[StoryOrder, ...],
    touched: tuple[StoryOrder, StoryOrder, StoryOrder],
    start_ms: int,
) -> tuple[Publication, ...]:
    placed = [
        _publication(PACE * (n // WAVE), _placed(order), start_ms)
        for n, order in enumerate(orders)
    ]
    changed, cancelled, relinked = touched
    later = (
        # The ERP repeats itself, as after a crash of its own: the very same bytes.
        replace(placed[0], at=1.1),
        Publication(2.3, MALFORMED),
        _publication(7.0, _moved(changed), start_ms, polls=2),
        _publication(8.0, _ended(cancelled), start_ms, polls=2),
        _publication(9.0, _linked(relinked, "C-9999"), start_ms),
    )
    return tuple(sorted((*placed, *later), key=lambda publication: publication.at))


def _publication(
    at: float, event: OrderEvent, start_ms: int, polls: int = 0
) -> Publication:
    dated = replace(event, time_ms=start_ms + int(1000 * at))
    return Publication(at, encode(dated), dated, polls)


def _event(order: StoryOrder, kind: EventType) -> OrderEvent:
    return OrderEvent(
        id=f"evt-{order.digits}-{kind.value.partition('.')[2]}",
        source="/erp/demo",
        type=kind,
        time_ms=None,
        order_number=order.number,
    )


def _placed(order: StoryOrder) -> OrderEvent:
    return replace(
        _event(order, EventType.PLACED),
        purchase_order=order.purchase_order,
        customer_id=order.customer,
        deck_site=order.deck_site,
        westcon_number=order.asked_as,
        westcon_type="C" if order.by_reference else "W",
        endpoints=order.endpoints,
        baseline=order.baseline,
    )


def _moved(order: StoryOrder) -> OrderEvent:
    shipped = tuple(EventLine(line, "SHI", "1") for line in order.lines)
    return replace(_event(order, EventType.STATUS_CHANGED), lines=shipped)


def _ended(order: StoryOrder) -> OrderEvent:
    return _event(order, EventType.CANCELLED)


def _linked(order: StoryOrder, customer: str) -> OrderEvent:
    return replace(_event(order, EventType.CUSTOMER_LINKED), customer_id=customer)
