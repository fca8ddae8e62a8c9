"""`ingram.notify`: tell one endpoint what has changed."""

from tasks.deliver import deliver
from tasks.errors import Gone, NotYet, PartnerError, PermanentError, Throttled
from tasks.plan_rules import INGRAM_PREFIX
from tasks.report import Report
from tasks.services import Endpoints, Services
from tasks.work import Delivery, Hint


def notify(hint: Hint, services: Services) -> Report:
    """Send the notifications of one hint."""
    endpoint = hint.destination.removeprefix(INGRAM_PREFIX)

    def send(delivery: Delivery) -> str:
        # The same event has the same id at every endpoint; the delivery's id adds
        # the endpoint's name.
        event_id = delivery.id.partition(".")[0]
        try:
            status = services.ingram.notify(
                endpoint, event_id, delivery.payload, delivery.tries, delivery.number
            )
        except PartnerError as error:
            last = delivery.tries >= services.policies[hint.destination].tries
            _tell(services.endpoints, endpoint, error, last=last)
            raise
        services.endpoints.served(endpoint)
        return f"http {status}"

    return deliver(hint, services, send)


def _tell(
    endpoints: Endpoints, endpoint: str, error: PartnerError, *, last: bool
) -> None:
    """What an error says of the endpoint, beyond this moment and this notification.

    Args:
        endpoints: is told.
        endpoint: that was called.
        error: how the call ended.
        last: whether there is no try left, so that the notification is given up.
    """
    match error:
        case Gone():
            # Disabled before the try ends: what it gives back must not be claimed.
            endpoints.disable(endpoint, str(error))
        case NotYet():
            # Nobody called it.
            pass
        case PermanentError(code=code):
            # Without an answer it is a fault of our settings: nobody called it either.
            if code.startswith("http_"):
                endpoints.failed(endpoint, code, gave_up=True)
        case Throttled() if not last:
            # It works and asks for patience.
            pass
        case _:
            endpoints.failed(endpoint, error.code, gave_up=last)
