"""Findings of a reconciliation, each with its evidence and one repair."""

from dataclasses import dataclass, field
from enum import StrEnum

from serializers.formats.ids import event_id


class Kind(StrEnum):
    """What is wrong with an order."""

    UNKNOWN_HERE = "unknown_here"
    UNKNOWN_AT_ERP = "unknown_at_erp"
    DIFFERS = "differs"
    NOT_WATCHED = "not_watched"
    BEHIND = "behind"
    LINK_MISSING = "link_missing"
    LINK_DIFFERS = "link_differs"
    NOT_NOTIFIED = "not_notified"
    NOT_RECEIVED = "not_received"
    RECEIVED_TWICE = "received_twice"
    DEAD_LETTER = "dead_letter"
    REFUSED = "refused"


#: Each kind in words.
MEANINGS = {
    Kind.UNKNOWN_HERE: "the ERP has an order that Waybill does not know",
    Kind.UNKNOWN_AT_ERP: "Waybill has an order that the ERP does not know, or that is"
    " cancelled there",
    Kind.DIFFERS: "purchase order, Westcon number, account, customer or site differ"
    " from the ERP's",
    Kind.NOT_WATCHED: "an order that should be watched is not",
    Kind.BEHIND: "a status or quantity is behind Westcon's",
    Kind.LINK_MISSING: "DECK does not have the link to the customer",
    Kind.LINK_DIFFERS: "DECK has the order at another customer",
    Kind.NOT_NOTIFIED: "an endpoint was never notified of a transition",
    Kind.NOT_RECEIVED: "a receiver does not have what was delivered to it",
    Kind.RECEIVED_TWICE: "the receiver has one transition under two ids",
    Kind.DEAD_LETTER: "a dead letter waits for a decision",
    Kind.REFUSED: "an event was refused and never corrected",
}

#: Kinds that stand for something that was lost on its way.
LOST = frozenset(
    {
        Kind.UNKNOWN_HERE,
        Kind.NOT_WATCHED,
        Kind.LINK_MISSING,
        Kind.NOT_NOTIFIED,
        Kind.NOT_RECEIVED,
        Kind.REFUSED,
    }
)


class Act(StrEnum):
    """What a repair does, in the product's own terms."""

    PUBLISH = "publish"
    POLL = "poll"
    LINK = "link"
    REPLAY = "replay"
    NOTIFY = "notify"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one book reports, and of when; `at_ms` is UTC, 0 where nobody knows."""

    book: str
    reports: str
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair.

    Attributes:
        act: what is done.
        order: the ledger's name of the order, "" where it has none.
        why: what distinguishes this occasion from an earlier one of the same order.
        event: the event to publish, as JSON; its id is made of the repair's.
        item: the dead letter to replay, or the one that a published event settles.
        endpoint: who is notified.
        event_id: under which id.
        lines: keys of the lines, none for all.
    """

    act: Act
    order: str = ""
    why: str = ""
    event: str = ""
    item: str = ""
    endpoint: str = ""
    event_id: str = ""
    lines: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its id, which follows from what it does: equal repairs are made once."""
        parts = (self.order, self.why, self.event, self.item, self.endpoint)
        return event_id(self.act, *parts, self.event_id, *self.lines)


@dataclass(frozen=True, slots=True)
class Finding:
    """One discrepancy.

    Attributes:
        order: the ledger's name of the order, "" where that cannot be made out.
        evidence: what each book reports of it.
        cause: the likely one, as a sentence.
    """

    kind: Kind
    order: str
    evidence: tuple[Evidence, ...]
    cause: str
    repair: Repair = field(default_factory=lambda: Repair(Act.POLL))
