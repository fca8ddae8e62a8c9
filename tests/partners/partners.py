"""Clients of the sandbox, and shorthands for answers of partners."""

from datetime import UTC, datetime
from typing import Any

import redis as redis_library

from sandbox import settings as known
from sandbox.server import Sandbox
from tests.defaults import DECK, SETTINGS, deck_access
from workers.fields.instance import Instance
from workers.http.client import HttpClient
from workers.partners.deck.client import DeckClient
from workers.partners.oauth.token_source import TokenSource
from workers.partners.observer import NOBODY
from workers.partners.westcon.client import WestconClient
from workers.partners.westcon.gateway import WestconAccess


def utc_now() -> datetime:
    return datetime.now(UTC)


def answer(status: int, body: bytes, header: str = "") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{header}\r\n"
    return head.encode() + body


def westcon_tokens(
    sandbox: Sandbox, http: HttpClient, redis: "redis_library.Redis"
) -> TokenSource:
    return TokenSource(
        redis,
        http,
        instance=Instance("westcon"),
        url=f"{sandbox.url}/microsoft/tenant/oauth2/token",
        client_id=known.WESTCON_CLIENT_ID,
        client_secret=known.WESTCON_CLIENT_SECRET,
        retry_after_max=DECK.retry_after_max,
    )


def ingram_tokens(
    sandbox: Sandbox, http: HttpClient, redis: "redis_library.Redis"
) -> TokenSource:
    return TokenSource(
        redis,
        http,
        instance=Instance("ingram"),
        url=f"{sandbox.url}/ingram/oauth/oauth20/token",
        client_id=known.INGRAM_CLIENT_ID,
        client_secret=known.INGRAM_CLIENT_SECRET,
        retry_after_max=DECK.retry_after_max,
    )


def westcon(
    base_url: str, http: HttpClient, tokens: TokenSource, **differently: Any
) -> WestconClient:
    usual: dict[str, Any] = {
        "subscription_key": known.WESTCON_SUBSCRIPTION_KEY,
        "partner_key": known.WESTCON_PARTNER_KEY,
        "language": "EN",
        "deadline": SETTINGS.deadline,
    }
    observer = differently.pop("observer", NOBODY)
    access = WestconAccess(base_url, **usual | differently)
    return WestconClient(http, tokens, access, utc_now, observer)


def deck(base_url: str, http: HttpClient, **differently: Any) -> DeckClient:
    usual: dict[str, Any] = {
        "site_code": known.DECK_SITE_CODE,
        "api_key": known.DECK_API_KEY,
    }
    return DeckClient(http, deck_access(base_url, **usual | differently), utc_now)
