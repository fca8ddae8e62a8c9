"""`deck.link`: links an order to its customer, or checks that a link has arrived.

The code of its last failed attempt shows that: then DECK is only asked, and not sent
the link again.
"""

import json

from tasks.execution.deliver import deliver
from tasks.execution.report import Report
from tasks.ledger_values import Delivery, Hint
from tasks.outcomes.outcome import was_taken
from tasks.services import Deck, Services


def link(deck: Deck, hint: Hint, services: Services) -> Report:
    """Make the links of one hint; one that was taken before is only looked for."""

    def send(delivery: Delivery) -> str:
        order_number, customer_id = json.loads(delivery.payload)
        if was_taken(delivery.failed):
            return deck.look(order_number, customer_id)
        return deck.link(order_number, customer_id)

    return deliver(hint, services, send)
