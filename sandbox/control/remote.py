"""The sandbox's parts as seen from another process; method for method alike."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from sandbox.control.control_http import ControlHttp
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


class RemoteJournal:
    """`sandbox.journal.Journal`, from afar."""

    def __init__(self, http: ControlHttp) -> None:
        self._http = http

    def entries(self, route: str = "*", since: int = 0) -> tuple[Entry, ...]:
        said = self._http.send("GET", "journal", route=route, since=since)
        return tuple(Entry(**entry) for entry in said["entries"])

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
        said = self._http.send("GET", "faults")
        return tuple(
            Ordered(one["route"], read_fault(one["fault"]), one["times"])
            for one in said
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
    ) -> None:
        document = {
            "lines": [asdict(line) for line in lines],
            "customer_order": customer_order,
            "plan": asdict(plan) if plan is not None else None,
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
        said = self._http.send("GET", f"orders/{quote(number, safe='')}")
        return _order(said) if said else None

    def answer_all(self, statuses: Sequence[str], n_lines: int = 1) -> None:
        document = {"statuses": list(statuses), "n_lines": n_lines}
        self._http.send("PUT", "auto", document)


class RemoteReceivers:
    """`sandbox.partners.ingram.receiver.Receivers`, from afar."""

    def __init__(self, http: ControlHttp) -> None:
        self._http = http

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
        said = self._http.send("GET", "deliveries", receiver=name)
        return tuple(_delivery(one) for one in said)

    def applied(self, name: str) -> tuple[str, ...]:
        said = self._http.send("GET", f"receivers/{quote(name, safe='')}")
        return tuple(said["applied"])


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
        said = self._http.send("GET", "links", order=order)
        return tuple(Link(**one) for one in said["history"])


def _order(said: Mapping[str, Any]) -> OrderState:
    read = {
        "lines": tuple(OrderLine(**line) for line in said["lines"]),
        "plan": read_plan(said["plan"]),
        "statuses": tuple(said["statuses"]),
        "since": datetime.fromisoformat(said["since"]),
    }
    return OrderState(**{**said, **read})


def _delivery(said: Mapping[str, Any]) -> Delivery:
    body = b64decode(said["body"])
    return Delivery(**{**said, "statuses": tuple(said["statuses"]), "body": body})
