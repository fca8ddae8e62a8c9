"""Ingram notification as a tolerant receiver reads it."""

from dataclasses import dataclass
from typing import Any

from sandbox.http.message import read_json


@dataclass(frozen=True, slots=True)
class Notification:
    event_id: str
    order_number: str
    statuses: tuple[str, ...]


def read_notification(body: bytes) -> Notification:
    """Read as receivers do: keys in any case, an object or a list of them."""
    try:
        root = _lower(read_json(body))
    except ValueError:
        return Notification("", "", ())
    resources = [_lower(one) for one in _listed(root.get("resource"))]
    statuses: list[str] = []
    for resource in resources:
        statuses.append(str(resource.get("eventtype", "")))
        lines = (_lower(line) for line in _listed(resource.get("lines")))
        statuses += (str(line.get("linestatus", "")) for line in lines)
    order = resources[0].get("ordernumber", "") if resources else ""
    return Notification(str(root.get("eventid", "")), str(order), tuple(statuses))


def _lower(document: object) -> dict[str, Any]:
    if not isinstance(document, dict):
        return {}
    return {name.lower(): value for name, value in document.items()}


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
