"""The three partners over `requests`, one session per thread."""

import json
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import requests

from benchmarks.textbook.settings import Settings
from benchmarks.textbook.signatures import (
    hub_signature,
    link_timestamp,
    verification_key,
)
from benchmarks.textbook.token import Token, TokenCache

#: Seconds to connect, and between two pieces of an answer.
TIMEOUT = (5.0, 20.0)
LINK_PATH = "api/omsorderlinkaccount"
#: DECK's codes for "success" and "successfully queued" (DECK's Magento module).
LINKED = ("0", "15", "Success")


class Busy(Exception):
    """The partner cannot do it now (429 or 5xx); again may help."""


class Refused(Exception):
    """The partner will not do it however often it is asked."""


class Partners:
    """Everything this process sends; safe to share between threads and forks."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = threading.local()
        self._token = TokenCache(self._fetch_token)

    def order_status(self, westcon_order: str) -> dict[str, str]:
        """The status code of each line, by line number without leading zeros.

        Raises:
            Busy: Westcon answered 429 or 5xx.
            requests.RequestException: there was no answer, or a refusal.
        """
        reply = self._ask_status(westcon_order)
        if reply.status_code == requests.codes.unauthorized:
            self._token.forget()
            reply = self._ask_status(westcon_order)
        lines = _checked(reply).json()["MT_OrderStatus_Response"]
        return {
            line["eRPOrderLineNumber"].lstrip("0"): line["lineStatusCode"]
            for line in lines
        }

    def link(self, order: str, customer: str) -> None:
        """Link an order to its customer at DECK.

        Raises:
            Busy: DECK answered 429 or 5xx.
            Refused: DECK answered with a code that is no success.
            requests.RequestException: there was no answer, or a refusal.
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
        reply = _checked(self._post_json(url, body, headers)).json()
        if str(reply["ResponseCode"]) not in LINKED:
            raise Refused(f"DECK refused to link {order}: {reply['ResponseCode']}")

    def notify(self, event_id: str, notification: Mapping[str, Any]) -> None:
        """Send a signed notification to the receiver.

        Raises:
            Busy: the receiver answered 429 or 5xx.
            requests.RequestException: there was no answer, or a refusal.
        """
        signature = hub_signature(self._settings.receiver_secret, event_id)
        headers = {"x-hub-signature": signature}
        _checked(self._post_json(self._settings.receiver_url, notification, headers))

    def _ask_status(self, westcon_order: str) -> requests.Response:
        wanted = {
            "partnerKey": self._settings.partner_key,
            "orderType": "W",
            "language": "EN",
            "order": [westcon_order],
        }
        headers = {
            "Authorization": f"Bearer {self._token.get()}",
            "Ocp-Apim-Subscription-Key": self._settings.subscription_key,
        }
        url = f"{self._settings.westcon_url}/Orders/orderStatus"
        return self._post_json(url, {"mT_OrderStatus_API_REQ": wanted}, headers)

    def _fetch_token(self) -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret,
        }
        if self._settings.resource:
            form["resource"] = self._settings.resource
        asked = time.monotonic()
        reply = self._session().post(
            self._settings.token_url, data=form, timeout=TIMEOUT, allow_redirects=False
        )
        answer = _checked(reply).json()
        return Token(answer["access_token"], asked + float(answer["expires_in"]))

    def _post_json(
        self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> requests.Response:
        return self._session().post(
            url,
            data=json.dumps(body),
            headers={"Content-Type": "application/json", **headers},
            timeout=TIMEOUT,
            allow_redirects=False,
        )

    def _session(self) -> requests.Session:
        # A session keeps cookies and is not documented as thread-safe, so each
        # thread has one, made late enough to come after prefork's fork.
        session: requests.Session | None = getattr(self._thread, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False
            self._thread.session = session
        return session


def _checked(reply: requests.Response) -> requests.Response:
    status = reply.status_code
    if (
        status == requests.codes.too_many_requests
        or status >= requests.codes.server_error
    ):
        raise Busy(f"{reply.url} answered {status}")
    reply.raise_for_status()
    return reply
