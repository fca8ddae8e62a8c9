"""Westcon's order status behind its gateway, with the quirks of its replies."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.faults import applies
from sandbox.http.fault import Fault, Kind
from sandbox.http.message import JSON, TEXT, Answer, Request
from sandbox.partners.tokens import Tokens
from sandbox.partners.westcon.gateway import refusal, wrapped
from sandbox.partners.westcon.orders import OrderBook, OrderState
from sandbox.partners.westcon.plans import OrderLine, bare
from sandbox.settings import SandboxSettings

_WRAPPER = "mT_OrderStatus_API_REQ"
_ENVELOPE = "MT_OrderStatus_Response"
_DESCRIPTIONS = {
    "SCH": "Scheduled",
    "SHI": "Shipped",
    "INV": "Invoiced",
    "REJ": "Rejected",
    "INC": "Incomplete",
    "NAO": "Not Authentic Order",
}
#: Statuses after which the goods have left.
_LEFT = frozenset({"SHI", "INV"})


class Westcon:
    """Answers what the orders of one reseller are doing."""

    def __init__(
        self, settings: SandboxSettings, tokens: Tokens, orders: OrderBook
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._orders = orders

    def order_status(self, request: Request, fault: Fault | None) -> Answer:
        """Answer `POST /westcon/Orders/orderStatus`."""
        refused = refusal(request, self._settings, self._tokens)
        if refused is not None:
            return refused
        try:
            asked = _asked(request.body)
        except ValueError as error:
            return Answer(400, str(error).encode(), TEXT)
        return self._answered(asked, fault)

    def _answered(self, asked: Mapping[str, Any], fault: Fault | None) -> Answer:
        order_type, numbers = asked["orderType"], asked["order"]
        answered = numbers[: self._settings.batch_limit]
        if fault is not None and fault.kind is Kind.DROP_ORDERS:
            answered = answered[: fault.after]
        own = asked["partnerKey"] == self._settings.westcon_partner_key
        lines: list[dict[str, str]] = []
        for number in answered:
            found = self._found(order_type, number, fault) if own else ()
            known_lines = [line for state in found for line in _lines(state)]
            lines += known_lines if found else [_not_authentic(order_type, number)]
        facts = {"orders": numbers, "order_type": order_type, "lines": len(lines)}
        return Answer(200, _shaped(lines, fault), JSON, facts=facts)

    def _found(
        self, order_type: str, number: str, fault: Fault | None
    ) -> Sequence[OrderState]:
        folded = fault is not None and fault.kind is Kind.FOLDED
        return self._orders.poll(
            order_type, number, effect=applies(fault), folded=folded
        )


def _asked(body: bytes) -> dict[str, Any]:
    """Read a request; a `ValueError` carries the gateway's text."""
    asked = wrapped(body, _WRAPPER)
    return {**asked, "order": _numbers(asked.get("order"))}


def _numbers(order: object) -> list[str]:
    listed = order if isinstance(order, list) else [order]
    numbers = [
        one.get("orderNumber") if isinstance(one, dict) else one for one in listed
    ]
    found = [number for number in numbers if isinstance(number, str) and number]
    if not found or len(found) != len(listed):
        raise ValueError("Missing required fields: order")
    return found


def _lines(state: OrderState) -> list[dict[str, str]]:
    pairs = zip(state.lines, state.statuses, strict=True)
    return [_reply_line(state, line, status) for line, status in pairs if status]


def _reply_line(state: OrderState, line: OrderLine, status: str) -> dict[str, str]:
    day = state.day or state.since.strftime("%Y%m%d")
    digits = "".join(filter(str.isdigit, state.number)) or "0"
    return {
        "eRPOrderNumber": bare(state.number).zfill(10),
        "eRPOrderLineNumber": line.number.zfill(6),
        "customerOrderNumber": state.customer_order,
        "customerLineNumber": line.customer_line,
        "eRPProductNumber": line.product,
        "lineQuantity": f"{float(line.quantity):14.3f}",
        "unitOfMeasure": line.unit,
        "lineStatusCode": status,
        "lineStatusDescription": _DESCRIPTIONS.get(status, status),
        "statusDate": day,
        "shipDate": day if status in _LEFT else "",
        "billingDocument": f"9{digits:0>9}"[:10] if status == "INV" else "",
        "parentERPLine": line.parent.zfill(6),
    }


def _not_authentic(order_type: str, number: str) -> dict[str, str]:
    own = {"eRPOrderNumber": bare(number).zfill(10), "customerOrderNumber": ""}
    theirs = {"eRPOrderNumber": "", "customerOrderNumber": number}
    return {
        **(own if order_type == "W" else theirs),
        "eRPOrderLineNumber": "000000",
        "customerLineNumber": "",
        "eRPProductNumber": "",
        "lineQuantity": f"{0:14.3f}",
        "unitOfMeasure": "",
        "lineStatusCode": "NAO",
        "lineStatusDescription": _DESCRIPTIONS["NAO"],
        "statusDate": "",
        "shipDate": "",
        "billingDocument": "",
        "parentERPLine": "000000",
    }


def _shaped(lines: list[dict[str, str]], fault: Fault | None) -> bytes:
    """The reply, in the shape that the siblings of this service were seen to use."""
    document: object = {_ENVELOPE: lines}
    match fault.kind if fault is not None else None:
        case Kind.SINGLE_OBJECT if lines:
            document = {_ENVELOPE: lines[0]}
        case Kind.NO_ENVELOPE:
            document = lines
        case Kind.PASCAL_KEYS:
            document = {_ENVELOPE: [_pascal(line) for line in lines]}
        case Kind.DATES if fault is not None:
            document = {_ENVELOPE: [line | _dated(fault.text) for line in lines]}
        case Kind.VALUES if fault is not None:
            document = {_ENVELOPE: [line | json.loads(fault.text) for line in lines]}
        case Kind.JSON_IN_JSON:
            document = json.dumps(document)
        case _:
            pass
    return json.dumps(document, separators=(",", ":")).encode()


def _dated(text: str) -> dict[str, str]:
    return {"statusDate": text, "shipDate": text}


def _pascal(line: dict[str, str]) -> dict[str, str]:
    return {name[0].upper() + name[1:]: value for name, value in line.items()}
