"""Links that DECK does not have, or has to another customer."""

from collections.abc import Iterator

from serializers.reconcile.finding import Act, Evidence, Finding, Kind, Repair
from serializers.timeline.codes import Code
from tasks.ledger_values import Kind as Delivered
from tasks.planning.rules import DECK as DECK_DESTINATION
from tasks.planning.rules import PlanRules
from tasks.reconcile.books import (
    DECK,
    LEDGER,
    UNDER_WAY,
    LedgerOrder,
    OrderBooks,
)

#: What DECK has in place of a customer.
GUEST = "-100"


def links(books: OrderBooks, rules: PlanRules) -> Iterator[Finding]:
    """A link that is missing at DECK, or to another customer."""
    known, saw = books.ledger, books.deck
    if known is None or saw is None or saw.problem or not is_linked(known, rules):
        return
    customer = known.order.customer_id.strip()
    if customer in saw.customers or _under_way(known):
        return
    if known.is_given_up(Code.PLACED, Code.CUSTOMER_LINKED):
        return
    if saw.asked_ms <= _linked_ms(known):
        # An answer that was kept, from before the link.
        return
    others = [one for one in saw.customers if one not in {"", GUEST}]
    kind = Kind.LINK_DIFFERS if others else Kind.LINK_MISSING
    linked_ms = _linked_ms(known)
    evidence = (
        Evidence(DECK, f"customer {', '.join(others) or 'none'}", saw.asked_ms),
        Evidence(LEDGER, f"customer {customer}", linked_ms),
    )
    cause = (
        "it was changed at DECK, or by another system; see who else links there"
        if others
        else "DECK took the link and did not keep it, or lost it since"
    )
    why = f"{known.version} {linked_ms} {known.repaired_ms} {customer}"
    repair = Repair(Act.LINK, books.name, why=why)
    yield Finding(kind, books.name, evidence, cause, repair)


def is_linked(known: LedgerOrder, rules: PlanRules) -> bool:
    """Whether DECK is to have the order at a customer."""
    return rules.deck and bool(known.order.customer_id.strip())


def _under_way(known: LedgerOrder) -> bool:
    return any(
        one.kind == Delivered.LINK and (one.state in UNDER_WAY or one.state == "dead")
        for one in known.sent
    )


def _linked_ms(known: LedgerOrder) -> int:
    """UTC ms at which DECK took a link of it last, 0 where that is not known."""
    return max(
        (
            entry.ms
            for entry in known.timeline
            for note in entry.notes
            if note.code is Code.DONE
            and note["destination"].partition("/")[0] == DECK_DESTINATION
        ),
        default=0,
    )
