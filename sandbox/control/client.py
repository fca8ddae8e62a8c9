"""Client of a sandbox in another process: its parts and methods, over HTTP.

It has the parts and methods of `sandbox.server.Sandbox`, so that a test or a
demo can be written for either. Only the standard library is needed.
"""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from fnmatch import fnmatchcase
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from sandbox.control.fault_json import fault_document, read_fault
from sandbox.faults import Ordered
from sandbox.http.fault import Fault
from sandbox.journal import Entry
from sandbox.partners.deck.links import Link
from sandbox.partners.ingram.receiver import Delivery
from sandbox.partners.westcon.orders import OrderState
from sandbox.partners.westcon.plans import (
    OrderLine,
    Pace,
    Plan,
    read_plan,
    some_lines,
    steps_of,
)
from sandbox.partners.westcon.shipping import Parcel, Piece, shipped_document

_SECONDS = 10.0


class ControlError(Exception):
    """The sandbox refused a control request; the message is its own."""


class ControlHttp:
    """Sends control requests, each on a connection of its own.

    Args:
        url: the sandbox's, without a slash at the end.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)

    def send(
        self, method: str, path: str, document: object = None, **query: object
    ) -> Any:
        """Send one request and read its answer.

        Raises:
            ControlError: the sandbox refused it.
            OSError: nothing answers there.
        """
        given = {name: value for name, value in query.items() if value is not None}
        body = None if document is None else json.dumps(document).encode()
        connection = HTTPConnection(*self._address, timeout=_SECONDS)
        try:
            target = f"/_sandbox/{path}?{urlencode(given)}"
            connection.request(method, target, body)
            reply = connection.getresponse()
            content = json.loads(reply.read())
        finally:
            connection.close()
        if reply.status != 200:  # noqa: PLR2004 - the one good status
            raise ControlError(f"{method} {path}: {content.get('error')}")
        return content


class RemoteJournal:
    """`sandbox.journal.Journal`, from afar."""

    def __init__(self, http: ControlHttp) -> None:
        self._http = http

    def entries(self, route: str = "*", since: int = 0) -> tuple[Entry, ...]:
        content = self._http.send("GET", "journal", route=route, since=since)
        return tuple(Entry(**entry) for entry in content["entries"])

    def counts(self) -> Mapping[str, int]:
        counts: Mapping[str, int] = self._http.send("GET", "health")["counts"]
        return counts

    def count(self, route: str) -> int:
        counts = self.counts().items()
        return sum(number for name, number in counts if fnmatchcase(name, route))


class RemoteFaults:
    """`sandbox.faults.Faults`, from afar."""

    def __init__(self, http: ControlHttp) -> None:
        self._http = http

    def order(self, route: str, fault: Fault, times: int | None = 1) -> None:
        document = {"route": route, "fault": fault_document(fault), "times": times}
        self._http.send("POST", "faults", document)

    def clear(self, route: str | None = None) -> None:
        self._http.send("DELETE", "faults", route=route)

    def pending(self) -> tuple[Ordered, ...]:
        content = self._http.send("GET", "faults")
        return tuple(
            Ordered(one["route"], read_fault(one["fault"]), one["times"])
            for one in content
        )


class RemoteOrders:
    """`sandbox.partners.westcon.orders.OrderBook`, from afar."""

    def __init__(self, http: ControlHttp) -> None:
        self._http = http

    def put(
        self,
        number: str,
        lines: Sequence[OrderLine] = (OrderLine(),),
        customer_order: str = "",
        plan: Plan | None = None,
        day: str = "",
    ) -> None:
        document = {
            "lines": [asdict(line) for line in lines],
            "customer_order": customer_order,
            "plan": asdict(plan) if plan is not None else None,
            "day": day,
        }
        self._http.send("PUT", f"orders/{quote(number, safe='')}", document)

    def final(self, number: str, n_lines: int = 1, customer_order: str = "") -> None:
        self.put(number, some_lines(n_lines), customer_order, steps_of(("INV",)))

    def stepping(
        self,
        number: str,
        statuses: Sequence[str | Sequence[str]],
        by: Pace = "polls",
        every: float = 1,
        n_lines: int = 1,
    ) -> None:
        self.put(number, some_lines(n_lines), "", steps_of(statuses, by, every))

    def advance(self, number: str, steps: int = 1) -> None:
        path = f"orders/{quote(number, safe='')}"
        self._http.send("POST", path, {"steps": steps})

    def look(self, number: str) -> OrderState | None:
        content = self._http.send("GET", f"orders/{quote(number, safe='')}")
        return _order(content) if content else None

    def answer_all(self, statuses: Sequence[str], n_lines: int = 1) -> None:
        document = {"statuses": list(statuses), "n_lines": n_lines}
        self._http.send("PUT", "auto", document)


class RemoteShipments:
    """`sandbox.partners.westcon.shipping.Shipments`, from afar."""

    def __init__(self, http: ControlHttp) -> None:
        self._http = http

    def put(
        self,
        number: str,
        parcels: Sequence[Parcel] = (),
        pieces: Sequence[Piece] = (),
        after: int = 0,
    ) -> None:
        document = shipped_document(parcels, pieces, after)
        self._http.send("PUT", f"shipments/{quote(number, safe='')}", document)


class RemoteReceivers:
    """`sandbox.partners.ingram.receiver.Receivers`, from afar.

    Args:
        http: sends the requests.
        page: deliveries that are asked for at once; a hundred thousand would outlast
            the time of one answer.
    """

    def __init__(self, http: ControlHttp, page: int = 5_000) -> None:
        self._http = http
        self._most = page

    def behave(
        self,
        name: str,
        *,
        status: int = 200,
        delay: float = 0.0,
        strict: bool = True,
        secrets: Sequence[str] = (),
    ) -> None:
        document = {
            "status": status,
            "delay": delay,
            "strict": strict,
            "secrets": list(secrets),
        }
        self._http.send("POST", f"receivers/{quote(name, safe='')}", document)

    def deliveries(self, name: str | None = None) -> tuple[Delivery, ...]:
        found: list[Delivery] = []
        while page := self._page(name, found[-1].seq if found else 0):
            found += page
        return tuple(found)

    def _page(self, name: str | None, since: int) -> list[Delivery]:
        send = self._http.send
        content = send("GET", "deliveries", receiver=name, since=since, most=self._most)
        return [_delivery(one) for one in content]

    def applied(self, name: str) -> tuple[str, ...]:
        content = self._http.send("GET", f"receivers/{quote(name, safe='')}")
        return tuple(content["applied"])


class RemoteLinks:
    """`sandbox.partners.deck.links.Links`, from afar."""

    def __init__(self, http: ControlHttp) -> None:
        self._http = http

    def customer(self, order: str) -> str | None:
        return self.customers().get(order)

    def customers(self) -> dict[str, str]:
        customers: dict[str, str] = self._http.send("GET", "links")["customers"]
        return customers

    def history(self, order: str | None = None) -> tuple[Link, ...]:
        content = self._http.send("GET", "links", order=order)
        return tuple(Link(**one) for one in content["history"])


def _order(content: Mapping[str, Any]) -> OrderState:
    read = {
        "lines": tuple(OrderLine(**line) for line in content["lines"]),
        "plan": read_plan(content["plan"]),
        "statuses": tuple(content["statuses"]),
        "since": datetime.fromisoformat(content["since"]),
    }
    return OrderState(**{**content, **read})


def _delivery(content: Mapping[str, Any]) -> Delivery:
    body = b64decode(content["body"])
    return Delivery(**{**content, "statuses": tuple(content["statuses"]), "body": body})


class SandboxControl:
    """A running sandbox, seen from another process.

    Args:
        url: where it listens. Every method raises `ControlError` when the
            sandbox refuses, `OSError` when nothing answers.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = ControlHttp(self.url)
        self.journal = RemoteJournal(self._http)
        self.faults = RemoteFaults(self._http)
        self.orders = RemoteOrders(self._http)
        self.shipments = RemoteShipments(self._http)
        self.receivers = RemoteReceivers(self._http)
        self.links = RemoteLinks(self._http)

    def health(self) -> Mapping[str, Any]:
        """`status` and `counts` per route."""
        health: Mapping[str, Any] = self._http.send("GET", "health")
        return health

    def deliveries(self, name: str | None = None) -> tuple[Delivery, ...]:
        """What a receiver, or all of them, got."""
        return self.receivers.deliveries(name)

    def applied(self, name: str) -> tuple[str, ...]:
        """The event ids a receiver acted on, each once."""
        return self.receivers.applied(name)

    def reset(self) -> None:
        """Forget orders, links, deliveries, faults and the journal, not tokens."""
        self._http.send("POST", "reset")

    def revoke_tokens(self) -> None:
        """Refuse every token given so far."""
        self._http.send("DELETE", "tokens")
