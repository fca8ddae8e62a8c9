"""Settings of one receiver of notifications."""

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    model_validator,
)

from serializers.signatures.sign import webhook_key
from workers.fields.types import Count, HttpUrl, Pause, PerMinute, Secret, Section, Text
from workers.partners.ingram.answer_table import is_own

#: Headers that are ours, or HTTP's own; another value would break the signature, the
#: message's length or its way.
OURS: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "targeturl",
        "te",
        "traceparent",
        "tracestate",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-hub-signature",
    }
)
OUR_PREFIXES: Final = ("webhook-", "waybill-")
_FIELD_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}", re.ASCII)
_MOST_HEADERS: Final = 16


def _written_short(value: object) -> object:
    """Read a secret that is a plain text."""
    return {"value": value} if isinstance(value, str) else value


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


def _status(text: str) -> str:
    if not is_own(text):
        raise ValueError(
            "must be a status or class like 404 or 3xx; 2xx, 408, 410, 425, 429 and"
            " 5xx are fixed"
        )
    return text


def _header_name(text: str) -> str:
    if not _FIELD_NAME.fullmatch(text):
        raise ValueError("must be a header's name like X-Api-Key")
    lower = text.lower()
    if lower in OURS or lower.startswith(OUR_PREFIXES):
        raise ValueError("names a header that is not an endpoint's to set")
    return text


def _header_value(secret: Secret) -> Secret:
    # What http.client would send as Latin-1 is read as UTF-8 by many.
    if not secret.get_secret_value().isascii():
        raise ValueError("must be ASCII")
    return secret


EndpointName = Annotated[str, AfterValidator(_endpoint_name)]
EventType = Annotated[str, AfterValidator(_event_type)]
Status = Annotated[str, AfterValidator(_status)]
HeaderName = Annotated[str, AfterValidator(_header_name)]
HeaderValue = Annotated[Secret, AfterValidator(_header_value)]


class EndpointSecret(Section):
    """A key that signs, and when: `from` and `until` are instants with an offset."""

    value: Secret = Field(min_length=1)
    valid_from: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.valid_from and self.until and self.until <= self.valid_from:
            raise ValueError("ends before it begins: `until` must be after `from`")
        webhook_key(self.value.get_secret_value())
        return self


WrittenSecret = Annotated[EndpointSecret, BeforeValidator(_written_short)]


def _some(secrets: tuple[EndpointSecret, ...]) -> tuple[EndpointSecret, ...]:
    if not secrets:
        raise ValueError("must hold at least one secret")
    return secrets


class Endpoint(Section):
    """A receiver of notifications; None is what the settings of all endpoints hold.

    `headers`, `client_certificate`, `client_key`, `authority` and `traceparent` are for
    direct mode: through the relay they would go to Ingram.
    """

    mode: Literal["relay", "direct"] = "relay"
    target_url: HttpUrl = Field(repr=False)
    secrets: Annotated[tuple[WrittenSecret, ...], AfterValidator(_some)]
    events: tuple[EventType, ...] = ()
    body: Literal["schema", "example", "portal"] = "schema"
    late_facts: Literal["tell", "keep"] = "tell"
    hub_encoding: Literal["base64", "hex"] = "base64"
    max_leased: Count | None = None
    rate: PerMinute | None = None
    retry_pauses: tuple[Pause, ...] | None = None
    answers: Mapping[Status, Literal["again", "give_up"]] = {}
    after_dead_letter: Literal["go_on", "hold"] = "go_on"
    headers: Annotated[
        Mapping[HeaderName, HeaderValue], Field(max_length=_MOST_HEADERS)
    ] = {}
    client_certificate: Text = ""
    client_key: Text = ""
    authority: Text = ""
    traceparent: bool = False

    @model_validator(mode="after")
    def _fits_its_mode(self) -> Self:
        own = (self.client_certificate, self.client_key, self.authority)
        if self.mode == "relay" and (self.headers or self.traceparent or any(own)):
            raise ValueError(
                "headers, client_certificate, client_key, authority and traceparent"
                " need mode direct: the relay would give them to Ingram"
            )
        if self.client_key and not self.client_certificate:
            raise ValueError("client_key needs client_certificate")
        if len({name.lower() for name in self.headers}) < len(self.headers):
            raise ValueError("headers names one twice")
        return self
