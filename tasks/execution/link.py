"""`deck.link`: links an order to its customer, or checks that a link has arrived.

The code of its last failed attempt shows that: then DECK is only asked, and not sent
the link again.
"""

import json

from tasks.execution.deliver import deliver
from tasks.execution.report import Report
from tasks.ledger_values import Delivery, Hint
from tasks.services import Deck, Services

READ_BACK = "read_back"


def read_back_code(code: str = "") -> str:
    """Name a failure after the link was taken; `code` is why it could not be seen."""
    return f"{READ_BACK}_{code}" if code else READ_BACK


def was_taken(failed: str) -> bool:
    """Whether a delivery whose last attempt failed with this code was taken by DECK."""
    return failed.startswith(READ_BACK)


def link(deck: Deck, hint: Hint, services: Services) -> Report:
    """Make the links of one hint; one that was taken before is only looked for."""

    def send(delivery: Delivery) -> str:
        order_number, customer_id = json.loads(delivery.payload)
        if was_taken(delivery.failed):
            return deck.look(order_number, customer_id)
        return deck.link(order_number, customer_id)

    return deliver(hint, services, send)
