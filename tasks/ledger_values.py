"""Values that the ledger takes and gives."""

from dataclasses import dataclass, field
from enum import StrEnum

from serializers.order_record import Order
from serializers.results.result import NewResult
from serializers.timeline.codes import Note
from tasks.outcomes.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased item: its ref, `watch:westcon:SO-1` or `delivery:7H2K…`, and fence."""

    ref: str
    fence: int


@dataclass(frozen=True, slots=True)
class Hint:
    """The content of a Celery message: look at these items of one destination.

    Attributes:
        run: the run that the attempt of its only item has begun with already, "" where
            none has. Such a hint stays in the process in which that was asked for.
        begun: that item.
    """

    destination: str
    partition: int
    claims: tuple[Claim, ...]
    run: str = ""
    begun: "Begun | None" = None


class WatchMove(StrEnum):
    """What an event does to the order's watch."""

    NONE = "none"
    START = "start"
    LOOK = "look"
    END = "end"


@dataclass(frozen=True, slots=True)
class WatchChange:
    """What becomes of an order's watch at one partner.

    Attributes:
        destination: where the partner is asked: its name, or `<name>/<instance>`.
    """

    partner: str
    move: WatchMove
    destination: str


class Kind(StrEnum):
    """What a delivery is.

    A change is a notification for an endpoint that the worker which made it does not
    know: it becomes a notification once one that does has rendered it.
    """

    LINK = "link"
    NOTIFICATION = "notification"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Roster:
    """The endpoints of the ledger, which its workers have named at their start.

    Attributes:
        version: another one whenever the names are others; "" for a ledger without.
    """

    version: str = ""
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One outbound call that must happen.

    The payload never changes again, but for a change's, which is rendered once.
    """

    id: str
    destination: str
    kind: Kind
    payload: bytes


@dataclass(frozen=True, slots=True)
class Admission:
    """One event with all that follows from it.

    Attributes:
        entry: the stream entry that carried the event.
        digest: digest of the event's source and id.
        mark: by which the event's meaning is known again.
        order: the order as it is after the event.
        version: the order's version before it, 0 for a new order.
        watches: what it does to the order's watches.
        notes: the order's timeline gets them as one entry, none where there are none.
        roster: the version of the roster that it was planned with.
        source: of the event, "" where nobody asks whose it is.
        trace: the event's traceparent, "" for none.
        since_ms: UTC ms at which it came in, 0 where its entry's id shows none.
        results: what the ERP hears of it.
    """

    entry: str
    digest: str
    mark: str
    order: Order
    version: int
    watches: tuple[WatchChange, ...]
    deliveries: tuple[NewDelivery, ...]
    notes: tuple[Note, ...]
    roster: str = ""
    source: str = ""
    trace: str = ""
    results: tuple[NewResult, ...] = ()
    since_ms: int = 0


class WriteResult(StrEnum):
    """The ledger's answer to an admission or an advance."""

    ADMITTED = "admitted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    STALE = "stale"
    NEWER = "newer"
    FAULTY = "faulty"
    ADVANCED = "advanced"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Written:
    """The ledger's answer.

    Attributes:
        verdict: what became of it.
        leased: hints that are to be sent at once.
        seen: the mark of the event that was accepted before (`CONFLICT`), else "".
        fault: why this one alone could not be written (`FAULTY`), else "".
        merged: the source of the order's first event, where this one is the first of
            another source, else "".
        more: whether more is due at the destination of a watch that was advanced.
        held: the order of a stale admission as it is now, None to ask for it.
    """

    verdict: WriteResult
    leased: tuple[Hint, ...] = ()
    seen: str = ""
    fault: str = ""
    merged: str = ""
    more: bool = field(default=False, compare=False)
    held: "Held | None" = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Held:
    """An order as the ledger holds it: None and 0 when it is not known.

    Attributes:
        unreadable: why this release cannot read the record, "" when it can.
        damaged: whether no other release can either.
        roster: the ledger's endpoints.
    """

    order: Order | None
    version: int
    unreadable: str = ""
    damaged: bool = False
    roster: Roster = Roster()


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery whose attempt has begun.

    Attributes:
        number: which one it is of the order's notifications to its endpoint, from
            1; 0 for a link, and where an older release has made it.
        failed: the code of its last attempt since it was made or replayed, or "".
        since_ms: UTC ms at which the event that made it came in, or the question of
            the look was asked; 0 where that is not known.
        trace: the traceparent of what made it, "" for none.
    """

    claim: Claim
    attempts: int
    order_number: str
    kind: Kind
    payload: bytes
    number: int = 0
    failed: str = ""

    since_ms: int = field(default=0, compare=False)
    trace: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        return self.claim.ref.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Look:
    """A watch whose look has begun.

    Attributes:
        asked_ms: when it has begun, by Redis' clock.
        seen: what the watch itself has kept of its last look, b"" for nothing.
        trace: the traceparent of the order's newest event that had one, "" for none.
    """

    claim: Claim
    attempts: int
    order: Order
    version: int
    asked_ms: int = 0
    seen: bytes = b""
    trace: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """A claim that is not ours any more, or has just become a dead letter."""

    claim: Claim
    dead: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item whose attempt has begun and which this release cannot read."""

    claim: Claim
    attempts: int
    why: str


Begun = Delivery | Look | Refused | Unreadable


@dataclass(frozen=True, slots=True)
class Advance:
    """What a look saw of one order.

    Attributes:
        version: of the order that it was compared with, -1 where it does not matter.
        order: the order with its new snapshot, None when nothing changed.
        next_look: seconds until the next look, None when the watch ends.
        notes: the order's timeline gets them as one entry where something changed.
        roster: the version of the roster that it was planned with.
        asked_ms: when the question was asked, by Redis' clock; a run that has lost its
            fence writes nothing where a later question was answered.
        seen: what the watch itself keeps from now on, b"" to keep what it has.
        watches: which watches of the order a changed record moves.
        results: what the ERP hears where something changed.
        trace: the traceparent of what it makes, "" for none.
    """

    claim: Claim
    number: str
    version: int
    order: Order | None
    next_look: float | None
    deliveries: tuple[NewDelivery, ...] = ()
    notes: tuple[Note, ...] = ()
    roster: str = ""
    asked_ms: int = 0
    seen: bytes = b""
    watches: tuple[WatchChange, ...] = ()
    results: tuple[NewResult, ...] = ()
    trace: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one attempt, for the ledger.

    Attributes:
        result: a word on how it went for history and timeline ("http 200").
    """

    claim: Claim
    outcome: Outcome
    result: str
