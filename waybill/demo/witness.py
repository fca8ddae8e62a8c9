"""Reader of the stand-ins' journals, the only evidence that the demo accepts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.control.client import SandboxControl
from sandbox.journal import Entry
from sandbox.partners.ingram.receiver import Delivery
from waybill.demo.expectation import Notified

_FIRST_ERROR = 400


@dataclass(frozen=True, slots=True)
class Arrival:
    """One notification as it came to a receiver, taken or not.

    Attributes:
        notified: the transitions in it.
        accepted: whether the receiver acted on it.
        objection: why it could not be verified, "" when it could.
    """

    endpoint: str
    event_id: str
    notified: tuple[Notified, ...]
    accepted: bool = True
    objection: str = ""


@dataclass(frozen=True, slots=True)
class LinkMade:
    """One link in DECK; `format` is json, xml or form."""

    order: str
    customer: str
    format: str


@dataclass(frozen=True, slots=True)
class Journals:
    """All that the partners' stand-ins saw, in the order of its happening.

    Attributes:
        polls: the numbers asked for, call by call.
        failures: other answers than good ones, by route; refused tokens as well.
    """

    arrivals: tuple[Arrival, ...] = ()
    links: tuple[LinkMade, ...] = ()
    polls: tuple[tuple[str, ...], ...] = ()
    failures: Mapping[str, int] | None = None

    def looks_at(self, number: str) -> int:
        """How often Westcon was asked for this number."""
        return sum(number in asked for asked in self.polls)

    def accepted(self) -> Iterator[Arrival]:
        return (one for one in self.arrivals if one.accepted)


def witness(control: SandboxControl) -> Journals:
    """Ask the stand-ins; raises OSError when they do not answer."""
    entries = control.journal.entries()
    calls = (one for one in entries if one.route == "westcon.order_status")
    return Journals(
        arrivals=tuple(_arrival(one) for one in control.deliveries()),
        links=tuple(
            LinkMade(one.order, one.customer, one.format)
            for one in control.links.history()
        ),
        polls=tuple(_asked(one) for one in calls),
        failures=_failures(entries),
    )


def _asked(entry: Entry) -> tuple[str, ...]:
    orders = entry.facts.get("orders")
    return tuple(map(str, orders)) if isinstance(orders, list | tuple) else ()


def _failures(entries: tuple[Entry, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in entries:
        refused_link = entry.route == "deck.link" and entry.facts.get("code") not in {
            0,
            15,
        }
        if not entry.status or entry.status >= _FIRST_ERROR or refused_link:
            found[entry.route] = found.get(entry.route, 0) + 1
    return found


def _arrival(delivery: Delivery) -> Arrival:
    return Arrival(
        endpoint=delivery.receiver,
        event_id=delivery.event_id,
        notified=tuple(transitions(delivery.receiver, delivery.body)),
        accepted=delivery.accepted,
        objection="" if delivery.verified else delivery.reason or "not verified",
    )


def transitions(endpoint: str, body: bytes) -> Iterator[Notified]:
    """Read a notification as its receiver does, not with the sender's own reader.

    What is no notification holds no transition. A resource without lines is one
    transition of a line without a number.
    """
    try:
        root = json.loads(body, object_pairs_hook=_in_lower_case)
    except ValueError:
        return
    resources = root.get("resource") if isinstance(root, dict) else None
    for resource in resources if isinstance(resources, list) else ():
        yield from _of_resource(endpoint, resource)


def _in_lower_case(members: list[tuple[str, Any]]) -> dict[str, Any]:
    # Ingram's documents disagree about the case of keys, so receivers ignore it.
    return {name.lower(): value for name, value in members}


def _of_resource(endpoint: str, resource: Mapping[str, Any]) -> Iterator[Notified]:
    order, event_type = str(resource.get("ordernumber")), str(resource.get("eventtype"))
    lines: list[Mapping[str, Any]] = resource.get("lines") or [{}]
    for line in lines:
        yield Notified(endpoint, order, str(line.get("linenumber", "")), event_type)
