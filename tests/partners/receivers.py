"""Endpoints as the tests of their client want them, and what they were sent."""

from collections.abc import Callable, Mapping
from ipaddress import ip_network
from typing import Any

import pytest

from tasks.outcomes.errors import PartnerError
from tests.partners.partners import answer
from workers.http.address_guard import TargetRules
from workers.partners.ingram.client import IngramClient
from workers.partners.ingram.endpoint import Endpoint, Secret

RULES = TargetRules((ip_network("127.0.0.0/8"),))
BODY = b'{"eventId":"EV1"}'
OK = answer(200, b"")
#: printf EV1 | openssl dgst -sha512 -hmac first-secret -binary | base64 -w0
HUB = (
    "rJcZTEDT1ebv3XWdYBbv3sIy92DxmL1XaSvVPLqWxMJGizLgF80l4M78Qf3JH2tigSrOWaJyOH2T"
    "CZGMGNa+4A=="
)
#: printf 'EV1.1795168800.{"eventId":"EV1"}' | openssl dgst -sha256 -hmac … | base64
FIRST = "v1,ooPjkM6ZWDafwQYIbPTOY/0yynu4Tq2G0ImdCGZS/Jk="
SECOND = "v1,IoO5MaqV9Aokp5MaPtrF2OR2AO+ozSzn9yrvTbpGaN4="

Make = Callable[..., IngramClient]


def endpoint(url: str, *secrets: str | Secret, **differently: Any) -> Endpoint:
    every = [Secret(one) if isinstance(one, str) else one for one in secrets]
    usual: dict[str, Any] = {
        "name": "acme",
        "mode": "direct",
        "target_url": url,
        "hub_encoding": "base64",
        "secrets": tuple(every or [Secret("acme-secret")]),
    }
    return Endpoint(**usual | differently)


def headers_of(request: bytes) -> Mapping[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    pairs = (line.split(": ", 1) for line in lines)
    return {name.lower(): value for name, value in pairs}


def refusal(client: IngramClient) -> PartnerError:
    with pytest.raises(PartnerError) as caught:
        client.send("acme", "EV1", BODY, 1)
    return caught.value
