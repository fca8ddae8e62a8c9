"""Whether an event makes a new link of its order to a customer: the latest wins."""

import json
from dataclasses import replace

from serializers.events.decode import OrderEvent
from serializers.formats.event_id import event_id
from serializers.order_record import Order, Stamp
from tasks.ledger_values import Held, Kind, NewDelivery
from tasks.planning.identity import identity
from tasks.planning.rules import DECK, PlanRules


def linked(
    held: Held, order: Order, event: OrderEvent, stamp: Stamp, rules: PlanRules
) -> tuple[Order, tuple[NewDelivery, ...]]:
    """Link the event's customer, unless a newer event or the last link says so.

    Args:
        held: the order before the event.
        order: the order with the event's references.
        event: the event.
        stamp: when the event is, against others.
        rules: whether DECK is in use.

    Returns:
        The order with its customer, and the link if one must be made.
    """
    customer = event.customer_id
    # A customer that DECK was never told must not count as linked once it is in use.
    if not rules.deck or not customer or stamp < order.customer_at:
        return order, ()
    order = replace(order, customer_id=customer, customer_at=stamp)
    payload = link_payload(order.deck_number or order.number, customer)
    if payload == _known_link(held):
        return order, ()
    id_ = event_id("link", *identity(order), str(held.version + 1), customer)
    link = NewDelivery(
        id=f"{id_}.deck",
        destination=DECK,
        kind=Kind.LINK,
        payload=payload,
    )
    return order, (link,)


def _known_link(held: Held) -> bytes | None:
    before = held.order
    if before is None or not before.customer_id:
        return None
    return link_payload(before.deck_number or before.number, before.customer_id)


def link_payload(order_number: str, customer_id: str) -> bytes:
    """What a link delivery keeps: DECK's order number and the customer."""
    return json.dumps([order_number, customer_id], ensure_ascii=False).encode()
