"""An order-status notification in the shape that Ingram Micro publishes."""

from collections.abc import Mapping
from typing import Any

#: Westcon's line status to Ingram's event type and line status.
SPELLED = {
    "SHI": ("im::order_shipped", "IM::shipped"),
    "INV": ("im::order_invoiced", "IM::invoiced"),
    "REJ": ("im::order_voided", "IM::voided"),
}
#: What any other status is called.
UPDATED = ("im::updated", "IM::updated")


def notification(
    event_id: str, order: str, statuses: Mapping[str, str], at: str
) -> dict[str, Any]:
    """The body, with one resource for all lines of the order."""
    lines = [
        {"lineNumber": number, "lineStatus": SPELLED.get(code, UPDATED)[1]}
        for number, code in statuses.items()
    ]
    event_type = SPELLED.get(next(iter(statuses.values())), UPDATED)[0]
    resource = {"eventType": event_type, "orderNumber": order, "lines": lines}
    return {
        "topic": "resellers/orders",
        "event": "im::updated",
        "eventTimeStamp": at,
        "eventId": event_id,
        "resource": [resource],
    }
