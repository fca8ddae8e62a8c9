"""A plain caller of the stand-ins, with signatures computed on its own."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from sandbox import settings

ACME = settings.RECEIVER_SECRETS["acme"][0]

FORM = "application/x-www-form-urlencoded"
RELAY = "/ingram/resellers/v1/webhooks/orderstatusevent"
LINK = "/deck/api/omsorderlinkaccount"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """Calls one sandbox over a connection that is kept alive."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection = HTTPConnection("127.0.0.1", port, timeout=5)

    def close(self) -> None:
        self._connection.close()

    def send(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        self._connection.request(method, path, body, dict(headers or {}))
        reply = self._connection.getresponse()
        lower = {name.lower(): value for name, value in reply.headers.items()}
        return Reply(reply.status, lower, reply.read())

    def microsoft(self, **changes: str) -> Reply:
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.WESTCON_CLIENT_ID,
            "client_secret": settings.WESTCON_CLIENT_SECRET,
        } | changes
        body = urlencode({name: value for name, value in form.items() if value})
        return self.send(
            "POST", "/microsoft/tenant/oauth2/token", body, {"Content-Type": FORM}
        )

    def status(
        self,
        orders: object,
        *,
        headers: Mapping[str, str] | None = None,
        **changes: object,
    ) -> Reply:
        """Ask Westcon, with a token of its own unless headers are given."""
        wrapped = {
            "partnerKey": settings.WESTCON_PARTNER_KEY,
            "orderType": "W",
            "language": "EN",
            "order": orders,
        } | changes
        body = json.dumps({"mT_OrderStatus_API_REQ": wrapped})
        used = self.westcon_headers() if headers is None else headers
        return self.send("POST", "/westcon/Orders/orderStatus", body, used)

    def shipment_detail(self, order: str, **changes: object) -> Reply:
        """Ask Westcon for an order's parcels, with a token of its own."""
        asked = {
            "partnerKey": settings.WESTCON_PARTNER_KEY,
            "orderType": "W",
            "language": "EN",
            "orderNumber": order,
            "trackingData": "Y",
            "serialData": "Y",
            "vrfData": "N",
        } | changes
        body = json.dumps({"mT_OrderTrack_API_Req": asked})
        path = "/westcon/shipping/ShipmentDetail"
        return self.send("POST", path, body, self.westcon_headers())

    def westcon_headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.microsoft().json()['access_token']}",
            "Ocp-Apim-Subscription-Key": settings.WESTCON_SUBSCRIPTION_KEY,
            "Content-Type": "application/json",
        }

    def ingram_token(self) -> str:
        form = urlencode(
            {
                "grant_type": "client_credentials",
                "client_id": settings.INGRAM_CLIENT_ID,
                "client_secret": settings.INGRAM_CLIENT_SECRET,
            }
        )
        path = "/ingram/oauth/oauth20/token"
        reply = self.send("POST", path, form, {"Content-Type": FORM})
        return str(reply.json()["access_token"])

    def relay(self, target: str, event_id: str = "E1", **changes: str) -> Reply:
        headers = {
            "Authorization": f"Bearer {self.ingram_token()}",
            "targeturl": target,
            "x-hub-signature": hub_signature(ACME, event_id),
            "Content-Type": "application/json",
        } | changes
        kept = {name: value for name, value in headers.items() if value}
        return self.send("POST", RELAY, notification(event_id), kept)

    def notify(
        self, name: str = "acme", event_id: str = "E1", secret: str = ACME
    ) -> Reply:
        headers = {"x-hub-signature": hub_signature(secret, event_id)}
        return self.send("POST", f"/receivers/{name}", notification(event_id), headers)


def notification(event_id: str) -> bytes:
    line = {"LineNumber": "10", "lineStatus": "IM::shipped"}
    resource = {
        "eventType": "im::order_shipped",
        "orderNumber": "SO-1",
        "lines": [line],
    }
    return json.dumps({"eventId": event_id, "resource": [resource]}).encode()


def hub_signature(secret: str, event_id: str) -> str:
    mac = hmac.new(secret.encode(), event_id.encode(), hashlib.sha512)
    return base64.b64encode(mac.digest()).decode()


def webhook_headers(
    keys: Sequence[bytes], body: bytes, age: float = 0.0
) -> dict[str, str]:
    """Standard Webhooks' headers, signed with each key."""
    sent_at = str(int(time.time() - age))
    signed = b"msg_1." + sent_at.encode() + b"." + body
    macs = (hmac.new(key, signed, hashlib.sha256).digest() for key in keys)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": sent_at,
        "webhook-signature": " ".join(
            "v1," + base64.b64encode(mac).decode() for mac in macs
        ),
    }


def link_fields(
    api: str = "api/omsorderlinkaccount",
    key: str = settings.DECK_API_KEY,
    at: datetime | None = None,
    **changes: str,
) -> dict[str, str]:
    """A link request's fields, signed as DECK's Magento module signs."""
    moment = at or datetime.now(UTC)
    half = "AM" if moment.hour < 12 else "PM"
    day = f"{moment.month}/{moment.day}/{moment.year}"
    timestamp = f"{day} {moment.hour:02}:{moment.minute:02} {half}"
    digest = hashlib.sha256((api + timestamp + key).encode()).hexdigest().upper()
    return {
        "SiteCode": settings.DECK_SITE_CODE,
        "VerificationKey": digest,
        "TimestampUTC": timestamp,
        "OrderNumber": "SO-1",
        "CustomerID": "C-7",
    } | changes


def link_xml(
    fields: Mapping[str, str],
    *,
    order: Sequence[str] = (),
    namespace: str = "DECK.WebApi.Controllers.OMS",
) -> str:
    """A link request as XML, its elements in ordinal order unless asked otherwise."""
    space = f"http://schemas.datacontract.org/2004/07/{namespace}"
    names = order or sorted(fields)
    elements = "".join(f"<{name}>{fields[name]}</{name}>" for name in names)
    root = "OrderAssociationImportJson"
    return f'<{root} xmlns="{space}">{elements}</{root}>'
