"""Settings of Ingram Micro: access to its API, and the endpoints."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field, SecretStr

from workers.fields.names import name_of
from workers.fields.partner import Partner
from workers.fields.types import BaseUrl, Count, HttpUrl, Network, Pause, Secret, Text
from workers.partners.ingram.endpoint_settings import (
    Endpoint,
    EndpointSecret,
)
from workers.partners.ingram.written_endpoints import Endpoints


class Ingram(Partner):
    """Access to Ingram Micro's webhook API, and who receives notifications."""

    NEEDED: ClassVar[tuple[str, ...]] = ("endpoints",)
    WITHIN: ClassVar[Mapping[str, tuple[type[BaseModel], ...]]] = {
        "endpoints": (Endpoint, EndpointSecret)
    }
    APART: ClassVar[Mapping[str, tuple[str, ...]]] = {"endpoints": ("endpoints",)}
    #: What a relay endpoint needs besides.
    RELAY_NEEDED: ClassVar[tuple[str, ...]] = ("client_id", "client_secret")

    base_url: BaseUrl = Field(
        "https://api.ingrammicro.com:443/sandbox",
        description="Where Ingram's API is (as given: their sandbox; production has"
        " no `/sandbox`); `/resellers/v1/webhooks/orderstatusevent` is appended",
    )
    token_url: HttpUrl = Field(
        "https://api.ingrammicro.com:443/oauth/oauth20/token",
        description="Where Ingram's access tokens come from",
    )
    token_method: Literal["POST", "GET"] = Field(
        "POST",
        description="How tokens are asked for: POST (in the body) or GET (the secret"
        " stands in the URL)",
    )
    client_id: Text = Field(
        "", description="Ingram's client id; relay endpoints need it"
    )
    client_secret: Secret = Field(
        SecretStr(""), description="Ingram's client secret; relay endpoints need it"
    )
    allowed_networks: tuple[Network, ...] = Field(
        (),
        description="Networks (CIDR) that direct endpoints may target although they"
        " are private; inside them IP addresses, any port and http are allowed",
    )
    endpoints: Endpoints = Field(
        {},
        description="Receivers by name, each with `mode` (relay or direct),"
        " `target_url`, `secrets` (texts, or objects of `value`, `from`, `until`) and,"
        " when wanted, `events` (empty: all), `body` (schema, example or portal),"
        " `late_facts` (tell, or keep what comes after its stage was notified),"
        " `hub_encoding` (base64 or hex), `max_leased`, `rate`, `retry_pauses` (in"
        " place of those for all endpoints), `answers` (other 3xx and 4xx by status or"
        " class: again or give_up), `after_dead_letter` (go_on, or hold the order's"
        " next ones); in direct mode `headers`,"
        " `client_certificate` and `client_key` (PEM files), `authority` (PEM file of"
        " those whose certificates are trusted there), `traceparent` (true: calls name"
        " their trace)",
    )
    disable_after: Pause = Field(
        432_000,
        description="Seconds of failing without one success after which an endpoint is"
        " disabled, with four warnings on the way; what waits is kept; 0: never",
    )
    hold_after: int = Field(
        50,
        ge=0,
        description="Notifications in a row that are given up for what an endpoint"
        " answers, over all workers, after which it is disabled as by `waybill"
        " endpoints disable`; what waits is kept; 0: never",
    )
    max_leased: Count = Field(
        128,
        description="Notifications under way, or about to be, at one time for each"
        " endpoint that sets nothing else",
    )

    def max_leased_of(self, endpoint: Endpoint) -> int:
        """How many notifications an endpoint may have under way at one time."""
        return endpoint.max_leased or self.max_leased

    def rate_of(self, endpoint: Endpoint) -> float:
        """An endpoint's calls per minute; 0 is unlimited."""
        return self.rate if endpoint.rate is None else endpoint.rate

    @classmethod
    def gaps(cls, section: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Name what its relay endpoints lack; see `Partner.gaps`."""
        endpoints = values.get("endpoints")
        found = endpoints.items() if isinstance(endpoints, Mapping) else ()
        relay = next(
            (
                name
                for name, endpoint in found
                if isinstance(endpoint, Mapping)
                and endpoint.get("mode", "relay") == "relay"
            ),
            None,
        )
        why = (
            f"is missing: endpoint {relay} relays through Ingram's API, which asks for"
            " it. Set it, or give the endpoint mode direct"
        )
        for key in cls.RELAY_NEEDED:
            if relay is not None and not values.get(key):
                yield name_of((section, key)), why
