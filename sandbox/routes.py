"""Router of requests to stand-ins, with fault injection.

The names of the routes are those the journal and the faults speak of:
`token.microsoft`, `westcon.order_status`, `westcon.shipment_detail`, `deck.link`,
`deck.history`, `token.ingram`, `ingram.relay`, `receiver.NAME`, and `unknown`.
"""

from dataclasses import replace

from sandbox.control.api import ControlApi
from sandbox.faults import Faults
from sandbox.http.fault import Fault
from sandbox.http.message import Answer, Exchange, Handler, Request, json_answer
from sandbox.http.transmit import distort, shown_status
from sandbox.journal import Journal
from sandbox.partners.deck.api import Deck
from sandbox.partners.deck.links import Links
from sandbox.partners.ingram.api import Ingram
from sandbox.partners.ingram.receiver import Receivers, receiver_name
from sandbox.partners.microsoft import Microsoft
from sandbox.partners.tokens import Tokens
from sandbox.partners.westcon.api import Westcon
from sandbox.partners.westcon.orders import OrderBook
from sandbox.partners.westcon.shipping import Shipments, Shipping
from sandbox.settings import SandboxSettings


class Site:
    """Everything behind the one port; state may be touched from any thread."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.journal = Journal(settings.journal_keep)
        self.faults = Faults()
        self.links = Links()
        self.receivers = Receivers(settings)
        self.tokens = (Tokens(settings.token_lifetime), Tokens(settings.token_lifetime))
        auto = settings.auto_statuses
        self.orders = OrderBook(settings.order_pace, auto, settings.auto_lines)
        self.shipments = Shipments()
        self._control = ControlApi(self)
        self._deck = Deck(settings, self.links)
        self._microsoft = Microsoft(settings, self.tokens[0])
        self._routes = self._table()

    def reset(self) -> None:
        """Forget orders, links, deliveries, faults and the journal, not tokens."""
        for part in (
            self.journal,
            self.faults,
            self.links,
            self.receivers,
            self.orders,
            self.shipments,
        ):
            part.clear()

    def revoke_tokens(self) -> None:
        """Refuse every token given so far, Westcon's and Ingram's."""
        for tokens in self.tokens:
            tokens.revoke()

    def respond(self, request: Request) -> Exchange:
        """Answer one request, under the fault that was ordered for it."""
        if request.path.startswith("/_sandbox/"):
            return Exchange(self._control.answer(request), None)
        exchange = self._exchange(request)
        if not self.settings.delay:
            return exchange
        answer = exchange.answer
        late = replace(answer, wait=answer.wait + self.settings.delay)
        return Exchange(late, exchange.fault)

    def _exchange(self, request: Request) -> Exchange:
        name, handler = self._found(request.path)
        fault = self.faults.take(name, request)
        answer = handler(request, fault)
        status = shown_status(answer, fault)
        if fault is not None:
            answer = distort(answer, fault)
        kind = fault.kind.value if fault is not None else ""
        self.journal.record(name, request, answer.facts, status, kind)
        return Exchange(answer, fault)

    def _found(self, path: str) -> tuple[str, Handler]:
        if path.startswith("/receivers/"):
            return f"receiver.{receiver_name(path)}", self.receivers.receive
        lower = path.lower()
        if lower.startswith("/microsoft/") and lower.endswith("/oauth2/token"):
            return "token.microsoft", self._microsoft.token
        known = self._routes.get(lower)
        if known is not None:
            return known
        return "unknown", self._deck.missing if lower.startswith("/deck/") else _missing

    def _table(self) -> dict[str, tuple[str, Handler]]:
        microsoft_tokens, ingram_tokens = self.tokens
        westcon = Westcon(self.settings, microsoft_tokens, self.orders)
        shipping = Shipping(
            self.settings, microsoft_tokens, self.orders, self.shipments
        )
        ingram = Ingram(self.settings, ingram_tokens, self._exchange)
        return {
            "/westcon/orders/orderstatus": (
                "westcon.order_status",
                westcon.order_status,
            ),
            "/westcon/shipping/shipmentdetail": (
                "westcon.shipment_detail",
                shipping.detail,
            ),
            "/deck/api/omsorderlinkaccount": ("deck.link", self._deck.link),
            "/deck/api/omsorderhistory": ("deck.history", self._deck.history),
            "/ingram/oauth/oauth20/token": ("token.ingram", ingram.token),
            "/ingram/oauth/oauth30/token": ("token.ingram", ingram.token),
            "/ingram/resellers/v1/webhooks/orderstatusevent": (
                "ingram.relay",
                ingram.relay,
            ),
        }


def _missing(request: Request, fault: Fault | None) -> Answer:  # noqa: ARG001 - a Handler's signature
    return json_answer(404, {"statusCode": 404, "message": "Resource not found"})
