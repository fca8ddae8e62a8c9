"""Rendering of a notification for one endpoint: filtered, and in its spelling."""

from dataclasses import replace

from serializers.ingram import encode, record
from tasks.ledger_values import Kind, NewDelivery
from tasks.planning.rules import INGRAM_PREFIX, EndpointRule


def delivery(
    notification: encode.Notification, name: str, endpoint: EndpointRule | None
) -> NewDelivery | None:
    """The delivery of a notification to an endpoint; None if it wants nothing of it.

    Args:
        notification: with all its resources.
        name: the endpoint's.
        endpoint: its settings; None where they do not know it, so that
            the change is kept as it is for a worker that does.

    Raises:
        EncodeError: a text holds half a surrogate pair.
    """
    id_, destination = f"{notification.event_id}.{name}", INGRAM_PREFIX + name
    if endpoint is None:
        kept = record.pack(notification)
        return NewDelivery(id_, destination, Kind.CHANGE, kept)
    body = rendered(notification, endpoint)
    if body is None:
        return None
    return NewDelivery(id_, destination, Kind.NOTIFICATION, body)


def rendered(notification: encode.Notification, endpoint: EndpointRule) -> bytes | None:
    """The body that an endpoint is sent; None if it wants nothing of it.

    Raises:
        EncodeError: a text holds half a surrogate pair.
    """
    resources = notification.resources
    if not endpoint.late_facts:
        resources = tuple(r for r in resources if not r.late_facts)
    if endpoint.events:
        resources = tuple(r for r in resources if r.event_type in endpoint.events)
    if not resources:
        return None
    if resources != notification.resources:
        notification = replace(notification, resources=resources)
    return encode.encode(notification, endpoint.body)
