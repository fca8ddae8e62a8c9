"""The partners' clients as the settings want them."""

from importlib.metadata import version
from typing import Literal

import redis

from workers.http.address_guard import AddressGuard, TargetRules
from workers.http.client import HttpClient
from workers.http.pool import Certificate
from workers.http.proxy import Proxy, proxy_of
from workers.partners.deck.client import DeckAccess, DeckClient
from workers.partners.ingram.answer_table import AnswerTable
from workers.partners.ingram.client import IngramClient
from workers.partners.ingram.endpoint import Endpoint, Secret
from workers.partners.oauth.token_source import TokenSource
from workers.partners.westcon.client import WestconClient
from workers.partners.westcon.gateway import WestconAccess
from workers.redis.clock import RedisClock
from workers.settings.endpoint import Endpoint as EndpointSettings
from workers.settings.names import name_of
from workers.settings.partners import Partner
from workers.settings.settings import Settings

PartnerName = Literal["westcon", "deck", "ingram"]


def http_client(
    settings: Settings,
    partner: PartnerName,
    pool: int,
    guard: AddressGuard | None = None,
) -> HttpClient:
    """A client that calls one partner the way its settings say."""
    own: Partner = getattr(settings, partner)
    return HttpClient(
        user_agent=f"Waybill/{version('waybill')}",
        pool=pool,
        guard=guard,
        authorities=own.ca_file,
        proxy=proxy(settings, partner),
    )


def proxy(settings: Settings, partner: PartnerName) -> Proxy | None:
    """The proxy through which a partner is called."""
    own: Partner = getattr(settings, partner)
    url = own.proxy.get_secret_value()
    return proxy_of(url, name_of((partner, "proxy"))) if url else None


def westcon_client(
    settings: Settings, client: "redis.Redis", pool: int, clock: RedisClock
) -> WestconClient:
    """Westcon with the token that all workers share."""
    westcon, http = settings.westcon, http_client(settings, "westcon", pool)
    tokens = TokenSource(
        client,
        http,
        name="westcon",
        url=westcon.token_url,
        client_id=westcon.client_id,
        client_secret=westcon.client_secret.get_secret_value(),
        resource=westcon.resource,
        retry_after_max=westcon.retry_after_max,
    )
    access = WestconAccess(
        base_url=westcon.base_url,
        subscription_key=westcon.subscription_key.get_secret_value(),
        partner_key=westcon.partner_key.get_secret_value(),
        language=westcon.language,
        deadline=settings.deadline,
    )
    return WestconClient(http, tokens, access, clock.now)


def deck_client(settings: Settings, pool: int, clock: RedisClock) -> DeckClient:
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
    return DeckClient(http_client(settings, "deck", pool), access, clock.now)


def ingram_client(
    settings: Settings, client: "redis.Redis", pool: int, clock: RedisClock
) -> IngramClient:
    """The endpoints, each behind the guard of where a URL may point."""
    ingram, http = settings.ingram, http_client(settings, "ingram", pool)
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
            retry_after_max=ingram.retry_after_max,
        )
    return IngramClient(
        http_client(settings, "ingram", pool, AddressGuard(rules)),
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
