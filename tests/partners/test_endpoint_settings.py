"""From an endpoint's settings to what its receiver sees."""

import json
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis as redis_library

from tasks.outcomes.errors import PermanentError, TransientError, Unavailable
from tasks.outcomes.retry import JITTER
from tests.http.raw_server import Act, RawServer, always
from tests.http.test_tls import make_certificate
from tests.partners.partners import answer
from tests.partners.receivers import BODY, OK, headers_of
from workers.fields.partner import PAUSES
from workers.partners.ingram.calls import client as ingram_client
from workers.partners.ingram.client import IngramClient
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings
from workers.steps.restore_parts import furthest
from workers.wiring.calls import reach_of
from workers.wiring.partners import destinations_of

#: The certificate that our own side shows; it is its own authority.
OURS = "IP:127.0.0.1"


def settings_of(
    url: str, allowed_networks: str = '["127.0.0.0/8"]', **fields: Any
) -> Settings:
    endpoint = {"mode": "direct", "target_url": url, "secrets": ["s"]} | fields
    return Settings.load(
        {
            "WAYBILL_INGRAM__ENDPOINTS": json.dumps({"acme": endpoint}),
            "WAYBILL_INGRAM__ALLOWED_NETWORKS": allowed_networks,
            "WAYBILL_INGRAM__MAX_LEASED": "50",
        }
    )


def client_of(redis: "redis_library.Redis", settings: Settings) -> IngramClient:
    return ingram_client(
        settings.of(Ingram), reach_of(settings, "ingram", client=redis)
    )


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path, OURS)


@pytest.fixture
def mutual(certificate: Path) -> Iterator[RawServer]:
    """A receiver that wants to see our certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificate)
    with RawServer(always(OK), tls=context) as server:
        yield server


def test_a_receiver_learns_who_calls_and_gets_its_own_headers(
    redis: "redis_library.Redis", serve: Callable[[Act], RawServer]
) -> None:
    server = serve(always(OK))
    own = {"Authorization": "Bearer its-own", "X-Api-Key": "key"}

    client_of(redis, settings_of(server.url(), headers=own)).send(
        "acme", "EV1", BODY, 1
    )

    sent = headers_of(server.requests[0])
    assert re.fullmatch(r"Waybill/\d+\.\d+\.\d+\S*", sent["user-agent"])
    assert (sent["authorization"], sent["x-api-key"]) == ("Bearer its-own", "key")


def test_a_name_that_leads_elsewhere_than_the_settings_allow_is_not_called(
    redis: "redis_library.Redis", serve: Callable[[Act], RawServer]
) -> None:
    server = serve(always(OK))
    settings = settings_of(
        server.url(host="localhost"), allowed_networks='["127.0.0.2/32"]'
    )

    with pytest.raises(PermanentError) as caught:
        client_of(redis, settings).send("acme", "EV1", BODY, 1)

    assert caught.value.code == "target"
    assert server.accepted == 0


def test_a_receiver_that_wants_our_certificate_gets_it(
    redis: "redis_library.Redis", mutual: RawServer, certificate: Path
) -> None:
    settings = settings_of(
        mutual.url(),
        client_certificate=str(certificate),
        authority=str(certificate),
    )

    assert client_of(redis, settings).send("acme", "EV1", BODY, 1) == 200


def test_the_key_of_our_certificate_may_be_another_file(
    redis: "redis_library.Redis", mutual: RawServer, certificate: Path
) -> None:
    settings = settings_of(
        mutual.url(),
        client_certificate=str(certificate),
        client_key=str(certificate.with_name("key.pem")),
        authority=str(certificate),
    )

    assert client_of(redis, settings).send("acme", "EV1", BODY, 1) == 200


def test_without_our_certificate_nothing_is_delivered(
    redis: "redis_library.Redis", mutual: RawServer, certificate: Path
) -> None:
    settings = settings_of(mutual.url(), authority=str(certificate))

    with pytest.raises(Unavailable):
        client_of(redis, settings).send("acme", "EV1", BODY, 1)

    assert mutual.requests == []


def test_an_endpoints_own_answers_reach_its_client(
    redis: "redis_library.Redis", serve: Callable[[Act], RawServer]
) -> None:
    server = serve(always(answer(404, b"")))
    settings = settings_of(server.url(), answers={"4xx": "again"})

    with pytest.raises(TransientError):
        client_of(redis, settings).send("acme", "EV1", BODY, 1)


def test_limits_and_what_a_dead_letter_does_reach_the_ledger() -> None:
    fields: dict[str, Any] = {"max_leased": 3, "rate": 90, "after_dead_letter": "hold"}
    url = "https://hooks.example/"

    (usual,) = destinations_of(settings_of(url))
    (own,) = destinations_of(settings_of(url, **fields))

    assert (usual.max_leased, usual.calls_per_minute, usual.holds) == (50, 0, False)
    assert (own.max_leased, own.calls_per_minute, own.holds) == (3, 90, True)


@pytest.mark.parametrize("own", [[], [0.5], [1, 2, 400_000]])
def test_an_endpoints_own_pauses_take_the_place_of_those_for_all(
    own: list[float],
) -> None:
    url = "https://hooks.example/"

    (usual,) = destinations_of(settings_of(url))
    (with_own,) = destinations_of(settings_of(url, retry_pauses=own))

    assert usual.retry.pauses == PAUSES
    assert with_own.retry == replace(usual.retry, pauses=tuple(own))
    assert with_own.retry.attempts == len(own) + 1


def test_no_moment_of_the_ledger_is_too_far_ahead_for_any_endpoints_pause() -> None:
    own = settings_of("https://hooks.example/", retry_pauses=[400_000])

    assert furthest(own).pause >= 400_000_000 * JITTER + 400_000_000
