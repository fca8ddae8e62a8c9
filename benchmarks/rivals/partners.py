"""The three partners over aiohttp, for the rivals whose workers run one event loop."""

import asyncio
import hashlib
import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import aiohttp

from benchmarks.textbook.notification import notification
from benchmarks.textbook.settings import Settings
from benchmarks.textbook.signatures import (
    hub_signature,
    link_timestamp,
    verification_key,
)
from benchmarks.textbook.token import LEEWAY, Token

#: Seconds to connect, and for a whole call.
TIMEOUT = aiohttp.ClientTimeout(total=25.0, connect=5.0)
LINK_PATH = "api/omsorderlinkaccount"
#: DECK's codes for "success" and "successfully queued" (DECK's Magento module).
LINKED = ("0", "15", "Success")
UNAUTHORIZED, TOO_MANY_REQUESTS, SERVER_ERROR = 401, 429, 500
#: Statuses of a line after which an order is not looked at again.
FINAL = frozenset({"INV", "REJ"})
#: Seconds until an order that is not final is looked at again.
LOOK_AGAIN = 60


class Busy(Exception):
    """The partner cannot do it now (429 or 5xx); again may help."""


class Refused(Exception):
    """The partner will not do it however often it is asked."""


#: Failures after which a call is worth another attempt.
TRANSIENT = (aiohttp.ClientError, TimeoutError, OSError, Busy)


@cache
def partners() -> "Partners":
    """The partners of this process; made inside its event loop, at the first call."""
    return Partners(Settings.read(os.environ))


def event_id(order: str, statuses: Mapping[str, str]) -> str:
    """The same statuses of an order have one id, however often they are told."""
    seen = json.dumps(statuses, sort_keys=True)
    return hashlib.sha256(f"{order} {seen}".encode()).hexdigest()[:26].upper()


class Partners:
    """Everything this process sends, with one session for all its tasks."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=connector, timeout=TIMEOUT)
        self._token: Token | None = None
        self._lock = asyncio.Lock()

    async def order_status(self, westcon_order: str) -> dict[str, str]:
        """The status code of each line, by line number without leading zeros.

        Raises:
            Busy: Westcon answered 429 or 5xx.
            aiohttp.ClientError: there was no answer, or a refusal.
        """
        status, reply = await self._ask_status(westcon_order)
        if status == UNAUTHORIZED:
            self._token = None
            _, reply = await self._ask_status(westcon_order)
        return {
            line["eRPOrderLineNumber"].lstrip("0"): line["lineStatusCode"]
            for line in reply["MT_OrderStatus_Response"]
        }

    async def link(self, order: str, customer: str) -> None:
        """Link an order to its customer at DECK.

        Raises:
            Busy: DECK answered 429 or 5xx.
            Refused: DECK answered with a code that is no success.
            aiohttp.ClientError: there was no answer, or a refusal.
        """
        stamp = link_timestamp(datetime.now(UTC))
        key = verification_key(LINK_PATH, stamp, self._settings.api_key)
        body = {
            "SiteCode": self._settings.site_code,
            "VerificationKey": key,
            "TimestampUTC": stamp,
            "OrderNumber": order,
            "CustomerID": customer,
        }
        headers = {"Authorization": key, "apiVersion": "5"}
        url = f"{self._settings.deck_url}/{LINK_PATH}"
        _, reply = await self._post(url, body, headers)
        if str(reply["ResponseCode"]) not in LINKED:
            raise Refused(f"DECK refused to link {order}: {reply['ResponseCode']}")

    async def notify(self, order: str, statuses: Mapping[str, str], at: str) -> None:
        """Send a signed notification to the receiver.

        Raises:
            Busy: the receiver answered 429 or 5xx.
            aiohttp.ClientError: there was no answer, or a refusal.
        """
        event = event_id(order, statuses)
        signature = hub_signature(self._settings.receiver_secret, event)
        body = notification(event, order, statuses, at)
        headers = {"x-hub-signature": signature}
        await self._post(self._settings.receiver_url, body, headers, answered=False)

    async def _ask_status(self, westcon_order: str) -> tuple[int, Any]:
        wanted = {
            "partnerKey": self._settings.partner_key,
            "orderType": "W",
            "language": "EN",
            "order": [westcon_order],
        }
        headers = {
            "Authorization": f"Bearer {await self._access_token()}",
            "Ocp-Apim-Subscription-Key": self._settings.subscription_key,
        }
        url = f"{self._settings.westcon_url}/Orders/orderStatus"
        return await self._post(url, {"mT_OrderStatus_API_REQ": wanted}, headers)

    async def _access_token(self) -> str:
        async with self._lock:
            if self._token is None or self._token.ends - LEEWAY < time.monotonic():
                self._token = await self._fetch_token()
            return self._token.value

    async def _fetch_token(self) -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret,
            "resource": self._settings.resource,
        }
        asked = time.monotonic()
        async with self._session.post(self._settings.token_url, data=form) as reply:
            _check(reply)
            answer = await reply.json()
        return Token(answer["access_token"], asked + float(answer["expires_in"]))

    async def _post(
        self,
        url: str,
        body: Mapping[str, Any],
        headers: Mapping[str, str],
        *,
        answered: bool = True,
    ) -> tuple[int, Any]:
        """Send JSON; gives the status, and the answer's JSON where there is one."""
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **headers}
        async with self._session.post(
            url, data=data, headers=headers, allow_redirects=False
        ) as reply:
            if reply.status == UNAUTHORIZED:
                return reply.status, None
            _check(reply)
            content = await reply.read()
            return reply.status, json.loads(content) if answered else None


def _check(reply: aiohttp.ClientResponse) -> None:
    if reply.status == TOO_MANY_REQUESTS or reply.status >= SERVER_ERROR:
        raise Busy(f"{reply.url} answered {reply.status}")
    reply.raise_for_status()
