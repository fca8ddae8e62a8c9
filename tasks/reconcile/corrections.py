"""Events that make the ledger agree with the ERP's book."""

from dataclasses import replace

from serializers.events.encode import encode
from serializers.events.event import EventLine, OrderEvent
from serializers.events.shape import EventType
from serializers.formats.ids import event_id
from serializers.reconcile.erp_book import ErpOrder
from serializers.reconcile.finding import Act, Repair
from tasks.reconcile.books import OrderBooks, Scope

#: What the id of each such event begins with.
PREFIX = "reconcile-"


def placed(books: OrderBooks, erp: ErpOrder, scope: Scope, item: str = "") -> Repair:
    """Publish the order as the ERP's book has it.

    Where receivers have heard of it already, the first snapshot is kept without
    notifying: they would hear the same again under other ids.

    Args:
        books: of the order.
        erp: the ERP's.
        scope: of the comparison.
        item: the dead letter that this settles, "" for none.
    """
    heard = any(books.receipts.values())
    event = OrderEvent(
        id="",
        source=_source(books, scope),
        type=EventType.PLACED,
        # An order that is known is corrected by what is newest.
        time_ms=(erp.placed_ms or None) if books.ledger is None else None,
        order_number=erp.number,
        purchase_order=erp.purchase_order,
        customer_id=erp.customer_id,
        westcon_number=erp.westcon_number,
        westcon_type=erp.westcon_type,
        westcon_account=erp.account,
        deck_number=erp.deck_number,
        deck_site=erp.site,
        baseline=books.ledger is None and heard,
        lines=tuple(
            EventLine(one.number, quantity=one.quantity, part_number=one.part)
            for one in erp.lines
        ),
    )
    return published(books, event, item)


def customer(books: OrderBooks, erp: ErpOrder, scope: Scope) -> Repair:
    """Publish whose the order is."""
    event = OrderEvent(
        id="",
        source=_source(books, scope),
        type=EventType.CUSTOMER_LINKED,
        time_ms=None,
        order_number=erp.number,
        customer_id=erp.customer_id,
        deck_number=erp.deck_number,
    )
    return published(books, event)


def cancelled(books: OrderBooks, number: str, scope: Scope) -> Repair:
    """Publish that there is no such order any more."""
    event = OrderEvent(
        id="",
        source=_source(books, scope),
        type=EventType.CANCELLED,
        time_ms=None,
        order_number=number,
    )
    return published(books, event)


def published(books: OrderBooks, event: OrderEvent, item: str = "") -> Repair:
    """The repair of an event, whose id follows from the rest of it and the occasion."""
    why = str(books.ledger.version) if books.ledger else ""
    body = encode(event).decode()
    named = event_id(body, why, item)
    text = encode(replace(event, id=PREFIX + named)).decode()
    return Repair(Act.PUBLISH, books.name, why=why, event=text, item=item)


def _source(books: OrderBooks, scope: Scope) -> str:
    given = books.erp.source if books.erp else ""
    known = books.ledger
    if known is not None and known.order.source:
        return known.order.source
    return given or (known.source if known else "") or scope.source
