"""`deck.link`: tell DECK which customer an order belongs to."""

import json

from tasks.deliver import deliver
from tasks.report import Report
from tasks.services import Services
from tasks.work import Delivery, Hint


def link(hint: Hint, services: Services) -> Report:
    """Make the links of one hint."""

    def send(delivery: Delivery) -> str:
        order_number, customer_id = json.loads(delivery.payload)
        return services.deck.link(order_number, customer_id)

    return deliver(hint, services, send)
