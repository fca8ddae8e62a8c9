"""What the settings say about Ingram Micro's API with its endpoints."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    SecretStr,
    model_validator,
)

from workers.settings_partners import Partner
from workers.settings_types import (
    BaseUrl,
    Count,
    HttpUrl,
    Network,
    PerMinute,
    Secret,
    Section,
    Text,
)


def _written_short(value: object) -> object:
    """Read a secret that is a plain text."""
    return {"value": value} if isinstance(value, str) else value


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except binascii.Error:
        return False


def _endpoint_name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", text):
        raise ValueError(
            "an endpoint's name is 1 to 64 lower-case letters, digits, - and _,"
            " beginning with a letter or digit"
        )
    return text


def _event_type(text: str) -> str:
    if not re.fullmatch(r"im::[a-z_]+", text):
        raise ValueError("must be an event type like im::order_shipped")
    return text


EndpointName = Annotated[str, AfterValidator(_endpoint_name)]
EventType = Annotated[str, AfterValidator(_event_type)]


class EndpointSecret(Section):
    """A key that signs, and when: `from` and `until` are instants with an offset."""

    value: Secret = Field(min_length=1)
    valid_from: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.valid_from and self.until and self.until <= self.valid_from:
            raise ValueError("ends before it begins: `until` must be after `from`")
        text = self.value.get_secret_value()
        if text.startswith("whsec_") and not _is_base64(text.removeprefix("whsec_")):
            raise ValueError("begins with whsec_ but the rest is not base64")
        return self


WrittenSecret = Annotated[EndpointSecret, BeforeValidator(_written_short)]


def _some(secrets: tuple[EndpointSecret, ...]) -> tuple[EndpointSecret, ...]:
    if not secrets:
        raise ValueError("must hold at least one secret")
    return secrets


class Endpoint(Section):
    """A receiver of notifications."""

    mode: Literal["relay", "direct"] = "relay"
    target_url: HttpUrl = Field(repr=False)
    secrets: Annotated[tuple[WrittenSecret, ...], AfterValidator(_some)]
    events: tuple[EventType, ...] = ()
    body: Literal["schema", "example", "portal"] = "schema"
    hub_encoding: Literal["base64", "hex"] = "base64"
    max_leased: Count | None = None
    rate: PerMinute | None = None


class Ingram(Partner):
    """Access to Ingram Micro's webhook API, and who receives notifications."""

    NEEDED: ClassVar[tuple[str, ...]] = ("endpoints",)
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
    endpoints: Mapping[EndpointName, Endpoint] = Field(
        {},
        description="Receivers by name, each with `mode` (relay or direct),"
        " `target_url`, `secrets` (texts, or objects of `value`, `from`, `until`) and,"
        " when wanted, `events` (empty: all), `body` (schema, example or portal),"
        " `hub_encoding` (base64 or hex), `max_leased`, `rate`",
    )
    max_leased: Count = Field(
        128,
        description="Notifications under way, or about to be, at one time for each"
        " endpoint that says nothing else",
    )

    def max_leased_of(self, endpoint: str) -> int:
        """Tell how many notifications an endpoint may have under way at one time.

        Raises:
            KeyError: there is no such endpoint.
        """
        return self.endpoints[endpoint].max_leased or self.max_leased

    def rate_of(self, endpoint: str) -> float:
        """Tell an endpoint's calls per minute; 0 is unlimited.

        Raises:
            KeyError: there is no such endpoint.
        """
        own = self.endpoints[endpoint].rate
        return self.rate if own is None else own
