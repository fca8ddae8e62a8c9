"""Control API under `/_sandbox/`, through which another process sees the same state."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote

from sandbox.control.fault_json import ordered_document, read_fault
from sandbox.faults import Faults
from sandbox.http.message import Answer, Request, json_answer, read_json
from sandbox.journal import Journal
from sandbox.partners.deck.links import Links
from sandbox.partners.ingram.receiver import Delivery, Receivers
from sandbox.partners.westcon.orders import OrderBook, OrderState
from sandbox.partners.westcon.plans import OrderLine, read_plan
from sandbox.partners.westcon.shipping import Shipments, read_shipped

Given = Mapping[str, Any]


class State(Protocol):
    """What can be looked at and changed."""

    journal: Journal
    faults: Faults
    links: Links
    receivers: Receivers
    orders: OrderBook
    shipments: Shipments

    def reset(self) -> None:
        """Forget everything but tokens."""

    def revoke_tokens(self) -> None:
        """Refuse every token given so far."""


class ControlApi:
    """Answers control requests; a bad one gets 400 and the reason."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._acts: Mapping[tuple[str, str], Callable[[str, Given], object]] = {
            ("GET", "health"): self._health,
            ("GET", "journal"): self._journal,
            ("GET", "faults"): self._pending,
            ("POST", "faults"): self._order_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "orders"): self._look,
            ("PUT", "orders"): self._put,
            ("POST", "orders"): self._advance,
            ("PUT", "shipments"): self._ship,
            ("PUT", "auto"): self._auto,
            ("GET", "receivers"): self._receiver,
            ("POST", "receivers"): self._behave,
            ("GET", "deliveries"): self._deliveries,
            ("GET", "links"): self._links,
            ("DELETE", "tokens"): self._revoke,
            ("POST", "reset"): self._reset,
        }

    def answer(self, request: Request) -> Answer:
        """Answer one control request."""
        subject, _, name = request.path.removeprefix("/_sandbox/").partition("/")
        act = self._acts.get((request.method, subject))
        if act is None:
            return json_answer(404, {"error": "the sandbox has no such control"})
        try:
            given = read_json(request.body) if request.body else {}
            content = act(unquote(name), {**dict(parse_qsl(request.query)), **given})
        except (ValueError, TypeError, KeyError) as error:
            return json_answer(400, {"error": f"{type(error).__name__}: {error}"})
        return json_answer(200, content if content is not None else {})

    def _health(self, _: str, __: Given) -> object:
        return {"status": "ok", "counts": self._state.journal.counts()}

    def _journal(self, _: str, given: Given) -> object:
        journal = self._state.journal
        found = journal.entries(given.get("route", "*"), int(given.get("since", 0)))
        return {
            "entries": [asdict(entry) for entry in found],
            "counts": journal.counts(),
        }

    def _pending(self, _: str, __: Given) -> object:
        return [ordered_document(one) for one in self._state.faults.pending()]

    def _order_fault(self, _: str, given: Given) -> None:
        fault = read_fault(given["fault"])
        self._state.faults.order(given["route"], fault, given.get("times", 1))

    def _clear_faults(self, _: str, given: Given) -> None:
        self._state.faults.clear(given.get("route"))

    def _look(self, number: str, _: Given) -> object:
        state = self._state.orders.look(number)
        return _order_document(state) if state is not None else None

    def _put(self, number: str, given: Given) -> None:
        lines = [OrderLine(**line) for line in given.get("lines", [{}])]
        plan = read_plan(given["plan"]) if given.get("plan") else None
        customer_order = given.get("customer_order", "")
        day = given.get("day", "")
        self._state.orders.put(number, lines, customer_order, plan, day)

    def _advance(self, number: str, given: Given) -> None:
        self._state.orders.advance(number, int(given.get("steps", 1)))

    def _ship(self, number: str, given: Given) -> None:
        shipped = read_shipped(dict(given))
        put = self._state.shipments.put
        put(number, shipped.parcels, shipped.pieces, shipped.after)

    def _auto(self, _: str, given: Given) -> None:
        self._state.orders.answer_all(given["statuses"], int(given.get("n_lines", 1)))

    def _receiver(self, name: str, _: Given) -> object:
        return {"applied": self._state.receivers.applied(name)}

    def _behave(self, name: str, given: Given) -> None:
        self._state.receivers.behave(name, **given)

    def _deliveries(self, _: str, given: Given) -> object:
        since, most = int(given.get("since", 0)), given.get("most")
        found = self._state.receivers.deliveries(
            given.get("receiver"), since, None if most is None else int(most)
        )
        return [_delivery_document(one) for one in found]

    def _links(self, _: str, given: Given) -> object:
        links = self._state.links
        history = [asdict(one) for one in links.history(given.get("order"))]
        return {"customers": links.customers(), "history": history}

    def _revoke(self, _: str, __: Given) -> None:
        self._state.revoke_tokens()

    def _reset(self, _: str, __: Given) -> None:
        self._state.reset()


def _order_document(state: OrderState) -> Mapping[str, object]:
    return {**asdict(state), "since": state.since.isoformat()}


def _delivery_document(delivery: Delivery) -> Mapping[str, object]:
    """Write a delivery; its body goes as base64, since it may be any bytes."""
    return {**asdict(delivery), "body": b64encode(delivery.body).decode()}
