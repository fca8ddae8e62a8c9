"""References of an order that an event states: what partners call it, and where it is.

An older event only fills gaps. What an event has stated is no gap, also where it is
what would hold without a word: the account `default`, the ERP's own number at DECK.
"""

from serializers.events.event import OrderEvent
from serializers.order import DEFAULT, Order, Stamp


def with_references(order: Order, event: OrderEvent, stamp: Stamp) -> Order:
    """The order with the event's references.

    Args:
        order: as it was before.
        event: the event.
        stamp: when it is, against others.
    """
    newer = stamp > order.facts_at

    def chosen(known: str, given: str) -> str:
        return (given or known) if newer else (known or given)

    order = order._replace(
        purchase_order=chosen(order.purchase_order, event.purchase_order),
        deck_number=chosen(order.deck_number, event.deck_number),
        facts_at=max(order.facts_at, stamp),
    )
    if event.westcon_number and (newer or not order.westcon_number):
        order = order._replace(
            westcon_number=event.westcon_number,
            westcon_type=event.westcon_type,
        )
    at_account = order.account or order.states_account
    if event.westcon_account and (newer or not at_account):
        account = _kept(event.westcon_account)
        order = order._replace(account=account, states_account=True)
    if event.deck_site and (newer or not (order.site or order.states_site)):
        order = order._replace(site=_kept(event.deck_site), states_site=True)
    if event.endpoints is not None and (newer or order.endpoints is None):
        order = order._replace(endpoints=event.endpoints)
    return order


def _kept(name: str) -> str:
    """An account or a site as a record has it."""
    return "" if name == DEFAULT else name
