"""`ingram.notify`: tell one endpoint what has changed."""

from tasks.deliver import deliver
from tasks.plan_rules import INGRAM_PREFIX
from tasks.report import Report
from tasks.services import Services
from tasks.work import Delivery, Hint


def notify(hint: Hint, services: Services) -> Report:
    """Send the notifications of one hint."""
    endpoint = hint.destination.removeprefix(INGRAM_PREFIX)

    def send(delivery: Delivery) -> str:
        # The same event has the same id at every endpoint; the delivery's id adds
        # the endpoint's name.
        event_id = delivery.id.partition(".")[0]
        status = services.ingram.notify(
            endpoint, event_id, delivery.payload, delivery.tries
        )
        return f"http {status}"

    return deliver(hint, services, send)
