"""Orders that the ERP and the ledger do not agree on."""

from collections.abc import Iterator

from serializers.formats.text import unpadded
from serializers.order import DEFAULT
from serializers.order_record import Order
from serializers.reconcile.erp_book import ErpOrder
from serializers.reconcile.finding import Act, Evidence, Finding, Kind, Repair
from tasks.planning.rules import PlanRules
from tasks.reconcile.books import ERP, LEDGER, Letter, OrderBooks, Scope
from tasks.reconcile.corrections import cancelled, customer, placed

_REPORTS = "see that the ERP's order events reach the stream"


def unknown_here(books: OrderBooks, scope: Scope) -> Iterator[Finding]:
    """An order of the ERP's that the ledger does not have."""
    erp = books.erp
    if erp is None or books.ledger is not None or erp.cancelled or erp.finished:
        return
    if erp.placed_ms and erp.placed_ms < max(scope.known_ms, scope.since_ms):
        return
    if erp.placed_ms >= scope.settled_ms:
        return
    evidence = (
        Evidence(ERP, _shown(erp), erp.placed_ms),
        Evidence(LEDGER, "no such order", scope.now_ms),
    )
    cause = f"its order.placed never arrived, or the ledger was restored; {_REPORTS}"
    repair = placed(books, erp, scope)
    yield Finding(Kind.UNKNOWN_HERE, books.name, evidence, cause, repair)


def unknown_at_erp(books: OrderBooks, scope: Scope) -> Iterator[Finding]:
    """An order of the ledger's that the ERP does not have, or has cancelled."""
    known, erp = books.ledger, books.erp
    if known is None or known.order.cancelled or (erp and not erp.cancelled):
        return
    order = known.order
    if not erp and max(order.seen_ms, order.placed_ms) >= scope.erp_ms:
        return
    reports = f"is {erp.status}" if erp else "no such order"
    cause = (
        "it was cancelled at the ERP, and its order.cancelled never arrived"
        if erp
        else "it is a test's, or it was deleted at the ERP without order.cancelled"
    )
    evidence = (Evidence(ERP, reports, scope.erp_ms), _ledgers(books))
    repair = cancelled(books, order.number, scope)
    yield Finding(Kind.UNKNOWN_AT_ERP, books.name, evidence, cause, repair)


def differs(books: OrderBooks, rules: PlanRules, scope: Scope) -> Iterator[Finding]:
    """Purchase order, Westcon number, account, customer or site differ."""
    known, erp = books.ledger, books.erp
    if known is None or erp is None or known.order.cancelled or erp.cancelled:
        return
    order = known.order
    if max(order.facts_at.entry[0], order.customer_at.entry[0]) >= scope.erp_ms:
        # The ERP has published since what its book does not have yet.
        return
    found = list(differences(erp, known.order, rules))
    if not found:
        return
    only_customer = [name for name, _, _ in found] == ["customer"]
    repair = (customer if only_customer else placed)(books, erp, scope)
    at_erp = ", ".join(f"{name} {theirs}" for name, theirs, _ in found)
    here = ", ".join(f"{name} {ours or 'none'}" for name, _, ours in found)
    evidence = (
        Evidence(ERP, at_erp, scope.erp_ms),
        Evidence(LEDGER, here, known.last_ms),
    )
    cause = f"it was corrected at the ERP, and no event told of it; {_REPORTS}"
    yield Finding(Kind.DIFFERS, books.name, evidence, cause, repair)


def differences(
    erp: ErpOrder, order: Order, rules: PlanRules
) -> Iterator[tuple[str, str, str]]:
    """Name, the ERP's value and the ledger's of each fact that differs.

    What the ERP's book does not tell of differs from nothing.
    """
    if erp.purchase_order and erp.purchase_order != order.purchase_order.strip():
        yield "purchase order", erp.purchase_order, order.purchase_order
    theirs, ours = _folded(erp.westcon_number), _folded(order.westcon_number)
    if theirs and theirs != ours:
        yield "Westcon number", erp.westcon_number, order.westcon_number
    for name, theirs, ours in (
        ("account", erp.account, order.account or DEFAULT),
        ("site", erp.site, order.site or DEFAULT),
    ):
        if theirs and theirs != ours:
            yield name, theirs, ours
    # The ledger keeps no customer while DECK is not in use.
    if rules.deck and erp.customer_id and erp.customer_id != order.customer_id.strip():
        yield "customer", erp.customer_id, order.customer_id


def refused(
    books: OrderBooks, letter: Letter, rules: PlanRules, scope: Scope
) -> Iterator[Finding]:
    """An event that was refused, and that nothing has corrected since.

    It is corrected by an event of its own source and id that was admitted, by any later
    event about its order, and where the ledger has all that the ERP's book has.
    """
    known, erp = books.ledger, books.erp
    if letter.at_ms >= scope.settled_ms or letter.seen:
        return
    if known is not None and known.order.facts_at.entry[0] > letter.at_ms:
        return
    # What the book can correct: it is newer than the event, and goes on.
    if erp and (erp.cancelled or erp.finished or letter.at_ms >= scope.erp_ms):
        erp = None
    if known and known.order.cancelled:
        erp = None
    if known and erp and not any(differences(erp, known.order, rules)):
        return
    reports = f"{letter.ref}: {letter.reason}"
    evidence = [Evidence("dead letters", reports, letter.at_ms)]
    if known is not None:
        evidence.append(_ledgers(books))
    cause = "the event does not fit the schema; mend what the ERP writes"
    if erp is not None:
        evidence.append(Evidence(ERP, _shown(erp), scope.erp_ms))
        repair = placed(books, erp, scope, letter.ref)
    else:
        cause += ", and publish it anew: a replay is refused again until this is done"
        why = str(letter.at_ms)
        repair = Repair(Act.REPLAY, books.name, why=why, item=letter.ref)
    yield Finding(Kind.REFUSED, books.name, tuple(evidence), cause, repair)


def _ledgers(books: OrderBooks) -> Evidence:
    known = books.ledger
    if known is None:
        return Evidence(LEDGER, "no such order")
    order, texts = known.order, []
    if order.purchase_order:
        texts.append(f"purchase order {order.purchase_order}")
    if order.westcon_number:
        texts.append(f"Westcon number {order.westcon_number}")
    texts.append(f"watch {known.watch.state or 'none'}")
    return Evidence(LEDGER, ", ".join(texts), known.last_ms or order.seen_ms)


def _shown(erp: ErpOrder) -> str:
    texts = {
        "order": erp.number,
        "purchase order": erp.purchase_order,
        "Westcon number": erp.westcon_number,
        "account": erp.account,
        "customer": erp.customer_id,
        "site": erp.site,
        "status": erp.status,
    }
    return ", ".join(f"{name} {text}" for name, text in texts.items() if text)


def _folded(number: str) -> str:
    return unpadded(number.strip()).upper()
