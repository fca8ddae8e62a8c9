"""Westcon's shipment detail: tracking and serial numbers of one order at a time."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

from sandbox.http.fault import Fault, Kind
from sandbox.http.message import JSON, TEXT, Answer, Request
from sandbox.partners.tokens import Tokens
from sandbox.partners.westcon.gateway import refusal, wrapped
from sandbox.partners.westcon.orders import OrderBook, OrderState
from sandbox.partners.westcon.plans import bare
from sandbox.settings import SandboxSettings

_WRAPPER = "mT_OrderTrack_API_Req"
_ENVELOPE = "mT_OrderTrack_Response"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A row of OrderTracking; it names its line only where `line` is given."""

    tracking: str
    carrier: str = "UPS"
    line: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A row of OrderSerialNum; it names its line only where `line` is given."""

    serial: str
    mac: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Shipped:
    """What is known of an order's parcels.

    Attributes:
        parcels: its tracking numbers.
        pieces: its serial numbers.
        after: questions that are answered without any of it first.
    """

    parcels: tuple[Parcel, ...] = ()
    pieces: tuple[Piece, ...] = ()
    after: int = 0


class Shipments:
    """Thread-safe; parcels by order number, whose leading zeros do not count."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._shipped: dict[str, Shipped] = {}
        self._asked: dict[str, int] = {}

    def put(
        self,
        number: str,
        parcels: Sequence[Parcel] = (),
        pieces: Sequence[Piece] = (),
        after: int = 0,
    ) -> None:
        """Set an order's parcels, instead of what was set before.

        Args:
            number: Westcon's own.
            parcels: its tracking numbers.
            pieces: its serial numbers.
            after: questions, from now on, that are answered without any first.
        """
        with self._lock:
            self._shipped[bare(number)] = Shipped(tuple(parcels), tuple(pieces), after)
            self._asked.pop(bare(number), None)

    def ask(self, number: str) -> Shipped:
        """What a question about this order is answered with; it counts."""
        with self._lock:
            shipped = self._shipped.get(bare(number), Shipped())
            asked = self._asked[bare(number)] = self._asked.get(bare(number), 0) + 1
            return shipped if asked > shipped.after else Shipped()

    def clear(self) -> None:
        """Forget every parcel."""
        with self._lock:
            self._shipped.clear()
            self._asked.clear()


def read_shipped(document: dict[str, Any]) -> Shipped:
    """Read what the control API is sent of an order's parcels."""
    return Shipped(
        tuple(Parcel(**one) for one in document.get("parcels", ())),
        tuple(Piece(**one) for one in document.get("pieces", ())),
        int(document.get("after", 0)),
    )


def shipped_document(
    parcels: Sequence[Parcel], pieces: Sequence[Piece], after: int
) -> dict[str, object]:
    """Write it for the control API."""
    return asdict(Shipped(tuple(parcels), tuple(pieces), after))


class Shipping:
    """Answers where the goods of one reseller are."""

    def __init__(
        self,
        settings: SandboxSettings,
        tokens: Tokens,
        orders: OrderBook,
        shipments: Shipments,
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._orders = orders
        self._shipments = shipments

    def detail(self, request: Request, fault: Fault | None) -> Answer:
        """Answer `POST /westcon/shipping/ShipmentDetail`; it moves no order on."""
        refused = refusal(request, self._settings, self._tokens)
        if refused is not None:
            return refused
        try:
            asked = wrapped(request.body, _WRAPPER, "orderNumber")
        except ValueError as error:
            return Answer(400, str(error).encode(), TEXT)
        number: str = asked["orderNumber"]
        own = asked["partnerKey"] == self._settings.westcon_partner_key
        found = self._found(asked["orderType"], number) if own else ()
        rows = self._rows(asked, found)
        facts = {"order": number, "order_type": asked["orderType"]}
        return Answer(200, _shaped(rows, fault), JSON, facts=facts)

    def _found(self, order_type: str, number: str) -> Sequence[OrderState]:
        # Without effect: what moves with its polls does not move for this.
        return self._orders.poll(order_type, number, effect=False)

    def _rows(
        self, asked: dict[str, Any], found: Sequence[OrderState]
    ) -> dict[str, list[dict[str, str]]]:
        rows: dict[str, list[dict[str, str]]] = {"OrderStatus": _statuses(asked, found)}
        shipped = [self._shipments.ask(state.number) for state in found]
        if asked.get("trackingData") == "Y":
            parcels = [parcel for one in shipped for parcel in one.parcels]
            rows["OrderTracking"] = [_tracking(parcel) for parcel in parcels]
        if asked.get("serialData") == "Y":
            pieces = [piece for one in shipped for piece in one.pieces]
            rows["OrderSerialNum"] = [_serial(piece) for piece in pieces]
        return rows


def _statuses(
    asked: dict[str, Any], found: Sequence[OrderState]
) -> list[dict[str, str]]:
    if not found:
        number = bare(asked["orderNumber"]).zfill(10)
        return [{"ERPOrderNumber": number, "LineStatusCode": "NAO"}]
    return [
        {"ERPOrderNumber": bare(state.number).zfill(10), "LineStatusCode": status}
        for state in found
        for status in state.statuses
        if status
    ]


def _tracking(parcel: Parcel) -> dict[str, str]:
    row = {"TrackingNo": parcel.tracking, "Carrier": parcel.carrier}
    return row | _line(parcel.line)


def _serial(piece: Piece) -> dict[str, str]:
    row = {"ManufSerialNo": piece.serial, "MACAddress": piece.mac}
    return row | _line(piece.line)


def _line(number: str) -> dict[str, str]:
    return {"ERPOrderLineNumber": number.zfill(6)} if number else {}


def _shaped(rows: dict[str, list[dict[str, str]]], fault: Fault | None) -> bytes:
    """The reply; the live one was seen without its envelope."""
    document: object = {_ENVELOPE: rows}
    match fault.kind if fault is not None else None:
        case Kind.NO_ENVELOPE:
            document = rows
        case Kind.SINGLE_OBJECT:
            firsts = {name: some[0] for name, some in rows.items() if some}
            document = {_ENVELOPE: firsts}
        case Kind.CAMEL_KEYS:
            document = {_ENVELOPE: {_camel(name): _rows(s) for name, s in rows.items()}}
        case Kind.JSON_IN_JSON:
            document = json.dumps(document)
        case _:
            pass
    return json.dumps(document, separators=(",", ":")).encode()


def _rows(some: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{_camel(name): value for name, value in row.items()} for row in some]


def _camel(name: str) -> str:
    return name[0].lower() + name[1:]
