"""`ingram.notify`: notifies one endpoint of what has changed."""

from dataclasses import replace
from functools import partial

from serializers.ingram import record
from serializers.order_record import LayoutError
from tasks.execution.attempt import caught, noted, unreadable
from tasks.execution.deliver import deliver
from tasks.execution.report import Report
from tasks.ledger_values import Delivery, Hint, Kind
from tasks.outcomes.errors import (
    Gone,
    NotYet,
    PartnerError,
    PermanentError,
    Throttled,
    TransientError,
)
from tasks.outcomes.outcome import NOT_WANTED
from tasks.planning.rendering import rendered
from tasks.planning.rules import INGRAM_PREFIX
from tasks.services import Ingram, Services


def notify(ingram: Ingram, hint: Hint, services: Services) -> Report:
    """Send the notifications of one hint."""
    endpoint = hint.destination.removeprefix(INGRAM_PREFIX)

    def send(delivery: Delivery) -> str:
        # The same event has the same id at every endpoint; the delivery's id adds
        # the endpoint's name.
        event_id = delivery.id.partition(".")[0]
        claim = delivery.claim
        trace = services.span_of(delivery.trace, claim.ref, claim.fence)
        try:
            status = ingram.send(
                endpoint,
                event_id,
                delivery.payload,
                delivery.attempts,
                delivery.number,
                trace,
            )
        except PartnerError as error:
            last = delivery.attempts >= services.policies[hint.destination].attempts
            _report(services, endpoint, error, last=last)
            raise
        noted(services, "endpoint", lambda: services.endpoints.served(endpoint))
        return f"http {status}"

    def ready(delivery: Delivery) -> Delivery | str:
        if delivery.kind is not Kind.CHANGE:
            return delivery
        try:
            change = record.unpack(delivery.payload)
        except LayoutError as error:
            raise unreadable(delivery.claim.ref, str(error)) from error
        body = rendered(change, services.rules.endpoints[endpoint])
        if body is None:
            return NOT_WANTED
        return replace(delivery, kind=Kind.NOTIFICATION, payload=body)

    return deliver(hint, services, send, ready)


def _report(
    services: Services, endpoint: str, error: PartnerError, *, last: bool
) -> None:
    """What an error means for the endpoint, beyond this moment and this notification.

    Args:
        services: the world.
        endpoint: that was called.
        error: how the call ended.
        last: whether there is no attempt left, so that the notification is given up.

    Raises:
        TransientError: the endpoint wants no more, and that could not be recorded.
    """

    def failed(code: str, *, gave_up: bool) -> None:
        note = partial(services.endpoints.failed, endpoint, code, gave_up=gave_up)
        noted(services, "endpoint", note)

    match error:
        case Gone(code=code):
            _disable(services, endpoint, code)
        case NotYet():
            # Nobody called it.
            pass
        case PermanentError(code=code):
            # Without an answer it is a fault of our settings: nobody called it either.
            if code.startswith("http_"):
                failed(code, gave_up=True)
        case Throttled() if not last:
            # It works and asks for patience.
            pass
        case _:
            failed(error.code, gave_up=last)


def _disable(services: Services, endpoint: str, code: str) -> None:
    """Disable it before the attempt ends: what that gives back must not be claimed."""
    # In our words: receivers' own stay in dead letters.
    why = f"{endpoint} answered {code.removeprefix('http_')}"
    failure = caught(lambda: services.endpoints.disable(endpoint, why))
    if isinstance(failure, Exception):
        # Given back now, it would be sent again at once.
        what = f"{endpoint} wants no more, and could not be disabled"
        raise TransientError(what, code=code) from failure
