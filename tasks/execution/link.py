"""`deck.link`: tell DECK which customer an order belongs to."""

import json

from tasks.execution.deliver import deliver
from tasks.execution.read_back import was_taken
from tasks.execution.report import Report
from tasks.ledger_values import Delivery, Hint
from tasks.services import Services


def link(hint: Hint, services: Services) -> Report:
    """Make the links of one hint; one that was taken before is only looked for."""

    def send(delivery: Delivery) -> str:
        order_number, customer_id = json.loads(delivery.payload)
        if was_taken(delivery.failed):
            return services.deck.look(order_number, customer_id)
        return services.deck.link(order_number, customer_id)

    return deliver(hint, services, send)
