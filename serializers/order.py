"""Order of the ERP's, as the ledger names it and keeps it."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from serializers.line_record import Line
from serializers.order_parcels import NO_PARCELS, OrderParcels
from serializers.order_quantities import Expected, Return


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """Which of two events is newer: the later time, then the later entry.

    A `time_ms` of 0 is no time, and older than any.
    """

    time_ms: int = 0
    entry: tuple[int, int] = (0, 0)


#: Of what has never been stated.
NEVER = Stamp()

#: The account and the site that the settings without a name are.
DEFAULT: Final = "default"


def order_name(number: str, source: str = "") -> str:
    """One text for each pair, `SO-1@/erp/a`; the number as it is without a source.

    In a name with a source the number's own `@` is written `%40`, and `%` as `%25`, so
    that the first `@` ends the number whatever either holds.
    """
    if not source:
        return number
    return f"{number.replace('%', '%25').replace('@', '%40')}@{source}"


class Order(NamedTuple):
    """One ERP order: the partners' references and the last snapshot of its lines.

    Attributes:
        number: the ERP's order number.
        endpoints: names of the Ingram endpoints to notify, None for all.
        placed_ms: UTC ms of `order.placed`, 0 for none.
        seen_ms: UTC ms at which we first heard of the order.
        changed_ms: UTC ms of the last change of the snapshot, or the start of the
            watch.
        baseline: whether the next snapshot is kept without notifying.
        cancelled: whether the newest word is that the order is cancelled.
        facts_at, placed_at, customer_at, cancelled_at: the newest event about each.
        lines: the snapshot.
        notified_ms: the moment of the latest notification, 0 before there is one.
        incarnation: which order of its number it is, fixed when it is first made;
            0 where a release without incarnations has made it.
        source: whose order of that number it is, "" where the number alone names it.
        returns: what has come back, one for each line number.
        parcels: what is known of its parcels beyond the lines.
        set_aside: numbers of Westcon's orders, without zeros, that are not its own.
        expected: what was ordered, as the newest `order.placed` with lines has it.
        assigned: Westcon's orders that are its own and of which it has no line yet.
        account: the name of Westcon's account at which it is, "" for `default`.
        site: the name of DECK's site at which it is, "" for `default`.
        aside: lines that were seen under a reference which was corrected since.
        states_account, states_site: whether an event has named it: then "" is
            `default` by an event's word, else for want of one.
    """

    number: str
    purchase_order: str = ""
    customer_id: str = ""
    westcon_number: str = ""
    westcon_type: str = "W"
    deck_number: str = ""
    endpoints: tuple[str, ...] | None = None
    placed_ms: int = 0
    seen_ms: int = 0
    changed_ms: int = 0
    baseline: bool = False
    cancelled: bool = False
    facts_at: Stamp = NEVER
    placed_at: Stamp = NEVER
    customer_at: Stamp = NEVER
    cancelled_at: Stamp = NEVER
    lines: tuple[Line, ...] = ()
    incarnation: int = 0
    source: str = ""
    returns: tuple[Return, ...] = ()
    notified_ms: int = 0
    parcels: OrderParcels = NO_PARCELS
    set_aside: tuple[str, ...] = ()
    expected: tuple[Expected, ...] = ()
    assigned: tuple[str, ...] = ()
    account: str = ""
    site: str = ""
    aside: tuple[Line, ...] = ()
    states_account: bool = False
    states_site: bool = False

    @property
    def name(self) -> str:
        """What the ledger calls it; partners know its number alone."""
        return order_name(self.number, self.source)

    @property
    def westcon_reference(self) -> tuple[str, str] | None:
        """Order type and number to ask Westcon for, or None when there is none."""
        if self.westcon_number:
            return self.westcon_type, self.westcon_number
        if self.purchase_order:
            return "C", self.purchase_order
        return None

    @property
    def westcon_question(self) -> tuple[str, str, str] | None:
        """The same behind the account at which it is asked for."""
        reference = self.westcon_reference
        return None if reference is None else (self.account, *reference)
