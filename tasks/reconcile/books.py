"""What each book has of one order, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from serializers.order_record import Order
from serializers.reconcile.erp_book import ErpOrder
from serializers.reconcile.receiver_book import Received
from serializers.timeline.codes import Code
from serializers.timeline.entry import Entry

ERP, LEDGER, WESTCON, DECK, RECEIVERS = "erp", "ledger", "westcon", "deck", "receivers"

#: Every book, in the order of a report.
BOOKS = (ERP, LEDGER, WESTCON, DECK, RECEIVERS)

#: States of an item that somebody works on, or is going to.
UNDER_WAY = frozenset({"lane", "due", "leased", "sending"})


@dataclass(frozen=True, slots=True)
class Watch:
    """An order's watch at Westcon.

    Attributes:
        state: as the ledger has it, "" for none.
        next_ms: UTC ms of its next look or of its lease's end; None where it stands in
            no list, so that nobody will look.
        looked_ms: UTC ms of its last look, 0 for never.
    """

    state: str = ""
    next_ms: int | None = None
    looked_ms: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery, ended or not; `at_ms` is when it was made, UTC.

    Attributes:
        id: the event's id, a dot, and the endpoint's name; or a link's.
    """

    id: str
    destination: str
    kind: str
    state: str
    at_ms: int

    @property
    def event_id(self) -> str:
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class LedgerOrder:
    """An order as the ledger has it.

    Attributes:
        source: of its first event, "" where nobody knows.
        timeline: its entries, oldest first, as far back as it reaches.
    """

    order: Order
    version: int
    watch: Watch = field(default_factory=Watch)
    source: str = ""
    timeline: tuple[Entry, ...] = ()
    sent: tuple[Sent, ...] = ()

    @property
    def last_ms(self) -> int:
        """UTC ms at which anything was noted of it last, 0 for never."""
        return max((one.ms for one in self.timeline), default=0)

    def is_given_up(self, *anew: Code) -> bool:
        """Whether a person has given it up, and none of these has come since."""
        codes = (n.code for e in reversed(self.timeline) for n in reversed(e.notes))
        last = (code for code in codes if code is Code.ABANDONED or code in anew)
        return next(last, None) is Code.ABANDONED

    @property
    def repaired_ms(self) -> int:
        """UTC ms of its last repair, 0 for none: what is wrong since is another one."""
        made = (e.ms for e in self.timeline for n in e.notes if n.code is Code.REPAIRED)
        return max(made, default=0)


@dataclass(frozen=True, slots=True)
class WestconSaw:
    """How Westcon's answer differs from the ledger's lines.

    Attributes:
        asked_ms: UTC ms of the question.
        version: of the order that the answer was compared with.
        moved: the lines that have moved on, in words.
        day: the latest day that Westcon gives to any of these, "" for none.
        problem: why nothing can be said, "" where it can.
        failed: whether that is because it could not be asked.
    """

    asked_ms: int
    version: int
    moved: tuple[str, ...] = ()
    day: str = ""
    problem: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class DeckSaw:
    """Whose an order is in DECK's order history; "-100" is a guest."""

    asked_ms: int
    customers: tuple[str, ...] = ()
    problem: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter.

    Attributes:
        kind: event, watch, link or notification.
        reason: why it was given up.
        destination: where it would have gone, "" for an event.
        seen: of an event, whether one of its source and id was admitted since.
    """

    ref: str
    kind: str
    reason: str
    at_ms: int
    destination: str = ""
    seen: bool = False


@dataclass(frozen=True, slots=True)
class OrderBooks:
    """One order in all books.

    Attributes:
        name: the ledger's name of it, "" for letters of which nobody knows the order.
        received: ids that each receiver has, of the ledger's deliveries of this order.
        receipts: rows of each receiver's book about this order.
        unread: whether an event about it is in the stream and not admitted.
    """

    name: str
    erp: ErpOrder | None = None
    ledger: LedgerOrder | None = None
    westcon: WestconSaw | None = None
    deck: DeckSaw | None = None
    letters: tuple[Letter, ...] = ()
    received: Mapping[str, frozenset[str]] = field(default_factory=dict)
    receipts: Mapping[str, tuple[Received, ...]] = field(default_factory=dict)
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What is compared; all moments are UTC ms.

    Attributes:
        books: those that are there.
        now_ms: when this is decided.
        settled_ms: what has changed since counts as in flight.
        known_ms: what ended before is no longer in the ledger.
        delivered_ms: deliveries that ended before are no longer in the ledger.
        since_ms: orders placed before are left out, 0 for none.
        erp_ms: when the ERP's book was written.
        receivers_ms: when each receiver's book was written, by endpoint, and from when
            on it tells.
        heard_ms: the first delivery to each endpoint that the ledger knows.
        source: of events that a repair publishes, where neither book knows it.
    """

    books: frozenset[str]
    now_ms: int
    settled_ms: int
    known_ms: int
    delivered_ms: int
    since_ms: int = 0
    erp_ms: int = 0
    receivers_ms: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    heard_ms: Mapping[str, int] = field(default_factory=dict)
    source: str = "/waybill/reconcile"
