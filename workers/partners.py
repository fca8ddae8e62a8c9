"""The partners' clients as the settings want them."""

from importlib.metadata import version

import redis

from workers.clients.answer_table import AnswerTable
from workers.clients.deck import DeckAccess, DeckClient
from workers.clients.endpoints import Endpoint, Secret
from workers.clients.guard import AddressGuard, TargetRules
from workers.clients.http import HttpClient
from workers.clients.ingram import IngramClient
from workers.clients.oauth import TokenSource
from workers.clients.routes import Certificate
from workers.clients.westcon import WestconAccess, WestconClient
from workers.redis_clock import RedisClock
from workers.settings import Settings
from workers.settings_endpoint import Endpoint as EndpointSettings


def http_client(pool: int, guard: AddressGuard | None = None) -> HttpClient:
    """A client that tells receivers who calls."""
    return HttpClient(
        user_agent=f"Waybill/{version('waybill')}", pool=pool, guard=guard
    )


def westcon_client(
    settings: Settings, client: "redis.Redis", http: HttpClient, clock: RedisClock
) -> WestconClient:
    """Westcon with the token that all workers share."""
    westcon = settings.westcon
    tokens = TokenSource(
        client,
        http,
        name="westcon",
        url=westcon.token_url,
        client_id=westcon.client_id,
        client_secret=westcon.client_secret.get_secret_value(),
        resource=westcon.resource,
    )
    access = WestconAccess(
        base_url=westcon.base_url,
        subscription_key=westcon.subscription_key.get_secret_value(),
        partner_key=westcon.partner_key.get_secret_value(),
        language=westcon.language,
        deadline=settings.deadline,
    )
    return WestconClient(http, tokens, access, clock.now)


def deck_client(settings: Settings, http: HttpClient, clock: RedisClock) -> DeckClient:
    """The client's DECK site."""
    deck = settings.deck
    access = DeckAccess(
        base_url=deck.base_url,
        site_code=deck.site_code,
        api_key=deck.api_key.get_secret_value(),
        api_username=deck.api_username,
        format=deck.format,
        deadline=settings.deadline,
        extra_headers=deck.extra_headers,
        codes=deck.codes,
        timestamp_format=deck.timestamp_format,
        read_back=deck.read_back,
    )
    return DeckClient(http, access, clock.now)


def ingram_client(
    settings: Settings,
    client: "redis.Redis",
    http: HttpClient,
    pool: int,
    clock: RedisClock,
) -> IngramClient:
    """The endpoints, each behind the guard of where a URL may point."""
    ingram = settings.ingram
    rules = TargetRules(ingram.allowed_networks)
    tokens = None
    if ingram.client_id:
        tokens = TokenSource(
            client,
            http,
            name="ingram",
            url=ingram.token_url,
            client_id=ingram.client_id,
            client_secret=ingram.client_secret.get_secret_value(),
            method=ingram.token_method,
        )
    return IngramClient(
        http_client(pool, AddressGuard(rules)),
        relay_http=http,
        tokens=tokens,
        endpoints={n: _endpoint(n, one) for n, one in ingram.endpoints.items()},
        rules=rules,
        base_url=ingram.base_url,
        deadline=settings.deadline,
        clock=clock.now,
    )


def _endpoint(name: str, settings: EndpointSettings) -> Endpoint:
    return Endpoint(
        name=name,
        mode=settings.mode,
        target_url=settings.target_url,
        secrets=tuple(
            Secret(one.value.get_secret_value(), one.valid_from, one.until)
            for one in settings.secrets
        ),
        hub_encoding=settings.hub_encoding,
        headers={n: v.get_secret_value() for n, v in settings.headers.items()},
        verify=settings.authority or True,
        cert=_certificate(settings),
        answers=AnswerTable(settings.answers),
    )


def _certificate(settings: EndpointSettings) -> Certificate:
    if not settings.client_certificate:
        return None
    if not settings.client_key:
        return settings.client_certificate
    return settings.client_certificate, settings.client_key
