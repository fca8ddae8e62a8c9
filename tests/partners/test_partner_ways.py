"""From a partner's settings to the way of its calls, token endpoints included."""

import json
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis as redis_library

from tasks.outcomes.errors import NotYet, Unavailable
from tests.http.connect_proxy import asked_for, carrying, refusing
from tests.http.raw_server import Act, Peer, RawServer, always
from tests.http.test_tls import make_certificate
from tests.partners.partners import answer
from tests.partners.receivers import BODY
from tests.settings.environments import DECK, WESTCON, with_endpoint
from workers.partners import registry
from workers.partners.deck.client import DeckClient
from workers.partners.ingram.client import IngramClient
from workers.partners.westcon.client import WestconClient
from workers.settings.settings import Settings
from workers.wiring.calls import reach_of

HOSTS = ("api.example", "login.example", "deck.example")
LINES = b'[{"eRPOrderNumber": "6000001", "lineStatusCode": "INV"}]'


def partner(peer: Peer) -> None:
    """Give a token to who asks for one, else what any partner takes for an answer."""
    while request := peer.request():
        if b"/token" in request.partition(b"\r\n")[0]:
            peer.send(answer(200, b'{"access_token": "T", "expires_in": 3600}'))
        elif b"omsorderlink" in request:
            peer.send(answer(200, b'{"ResponseCode": 0}'))
        else:
            peer.send(answer(200, LINES))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    subjects = (*(f"DNS:{host}" for host in HOSTS), "IP:127.0.0.1")
    return make_certificate(tmp_path_factory.mktemp("tls"), *subjects)


@pytest.fixture
def secure(certificate: Path) -> Iterator[RawServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with RawServer(partner, tls=context) as server:
        yield server


@pytest.fixture
def proxy(serve: Callable[[Act], RawServer], secure: RawServer) -> RawServer:
    ports = {f"{host}:443": secure.port for host in HOSTS}
    local = {f"127.0.0.1:{secure.port}": secure.port}
    return serve(carrying(ports | local, "user:secret"))


def client_of(partner: str, settings: Settings, redis: "redis_library.Redis") -> Any:
    """The partner's client as a worker's settings make it."""
    own = settings.sections[partner]
    return (
        registry.spec_of(partner)
        .calls()
        .client(own, reach_of(settings, partner, 1, redis))
    )


def westcon_client(settings: Settings, redis: "redis_library.Redis") -> WestconClient:
    client: WestconClient = client_of("westcon", settings, redis)
    return client


def deck_client(settings: Settings, redis: "redis_library.Redis") -> DeckClient:
    client: DeckClient = client_of("deck", settings, redis)
    return client


def ingram_client(settings: Settings, redis: "redis_library.Redis") -> IngramClient:
    client: IngramClient = client_of("ingram", settings, redis)
    return client


def ways(name: str, proxy: RawServer, certificate: Path) -> dict[str, str]:
    return {
        f"WAYBILL_{name}__CA_FILE": str(certificate),
        f"WAYBILL_{name}__PROXY": f"http://user:secret@127.0.0.1:{proxy.port}",
    }


def test_westcon_and_its_tokens_go_through_its_proxy_and_trust_its_file(
    redis: "redis_library.Redis",
    secure: RawServer,
    proxy: RawServer,
    certificate: Path,
) -> None:
    own = {
        "WAYBILL_WESTCON__BASE_URL": "https://api.example",
        "WAYBILL_WESTCON__TOKEN_URL": "https://login.example:443/oauth2/token",
    }
    settings = Settings.load(WESTCON | own | ways("WESTCON", proxy, certificate))
    client = westcon_client(settings, redis)

    (line,) = client.order_status("W", ("6000001",))

    assert line.status == "INV"
    asked = [asked_for(head) for head in proxy.requests]
    assert asked == ["login.example:443", "api.example:443"]
    assert len(secure.requests) == 2


def test_deck_goes_through_its_own_proxy(
    redis: "redis_library.Redis", proxy: RawServer, certificate: Path
) -> None:
    settings = Settings.load(DECK | ways("DECK", proxy, certificate))
    client = deck_client(settings, redis)

    assert client.link("SO-1", "C-1") == "code 0 json"
    assert [asked_for(head) for head in proxy.requests] == ["deck.example:443"]


def test_ingrams_tokens_and_relay_go_through_its_proxy(
    redis: "redis_library.Redis", proxy: RawServer, certificate: Path
) -> None:
    own = {
        "WAYBILL_INGRAM__BASE_URL": "https://api.example",
        "WAYBILL_INGRAM__TOKEN_URL": "https://login.example/token",
        "WAYBILL_INGRAM__CLIENT_ID": "client",
        "WAYBILL_INGRAM__CLIENT_SECRET": "secret",
    }
    relay = with_endpoint(mode="relay")
    settings = Settings.load(relay | own | ways("INGRAM", proxy, certificate))
    client = ingram_client(settings, redis)

    assert client.send("acme", "EV1", BODY, 1) == 200
    asked = [asked_for(head) for head in proxy.requests]
    assert asked == ["login.example:443", "api.example:443"]


def direct(secure: RawServer, **fields: str) -> dict[str, str]:
    networks = {"WAYBILL_INGRAM__ALLOWED_NETWORKS": json.dumps(["127.0.0.0/8"])}
    return with_endpoint(target_url=secure.url("/hook"), **fields) | networks


def test_direct_endpoints_go_through_ingrams_proxy(
    redis: "redis_library.Redis",
    secure: RawServer,
    proxy: RawServer,
    certificate: Path,
) -> None:
    settings = Settings.load(direct(secure) | ways("INGRAM", proxy, certificate))
    client = ingram_client(settings, redis)

    assert client.send("acme", "EV1", BODY, 1) == 200
    asked = [asked_for(head) for head in proxy.requests]
    assert asked == [f"127.0.0.1:{secure.port}"]


def test_an_endpoints_own_authority_goes_before_ingrams_file(
    redis: "redis_library.Redis", secure: RawServer, certificate: Path, tmp_path: Path
) -> None:
    other = make_certificate(tmp_path, "DNS:other.example")
    file = {"WAYBILL_INGRAM__CA_FILE": str(other)}
    usual = ingram_client(Settings.load(direct(secure) | file), redis)
    environ = direct(secure, authority=str(certificate)) | file
    own = ingram_client(Settings.load(environ), redis)

    assert own.send("acme", "EV1", BODY, 1) == 200
    with pytest.raises(Unavailable, match="certificate refused"):
        usual.send("acme", "EV1", BODY, 1)


def test_a_proxy_that_is_away_is_reported_as_such_from_the_token_on(
    redis: "redis_library.Redis", serve: Callable[[Act], RawServer]
) -> None:
    proxy = serve(refusing(b"HTTP/1.1 407 X\r\n\r\n"))
    own = {"WAYBILL_WESTCON__PROXY": f"http://user:secret@127.0.0.1:{proxy.port}"}
    settings = Settings.load(WESTCON | own)
    client = westcon_client(settings, redis)

    errors = []
    for _ in range(2):
        with pytest.raises(NotYet) as caught:
            client.order_status("W", ("6000001",))
        errors.append(caught.value)

    assert {error.code for error in errors} == {"proxy_407"}
    assert all("WAYBILL_WESTCON__PROXY" in str(error) for error in errors)
    assert len(proxy.requests) == 1


def test_one_partners_file_and_proxy_are_not_anothers(
    redis: "redis_library.Redis",
    secure: RawServer,
    proxy: RawServer,
    certificate: Path,
) -> None:
    url = {"WAYBILL_DECK__BASE_URL": secure.url("")}
    settings = Settings.load(DECK | url | ways("WESTCON", proxy, certificate))

    with pytest.raises(Unavailable, match="certificate refused"):
        deck_client(settings, redis).link("SO-1", "C-1")

    assert proxy.accepted == 0


@pytest.mark.parametrize("partner", ["westcon", "ingram"])
def test_a_token_endpoint_is_waited_for_as_long_as_the_partners_setting_allows(
    redis: "redis_library.Redis", serve: Callable[[Act], RawServer], partner: str
) -> None:
    busy = serve(always(answer(503, b"", "Retry-After: 3600\r\n")))
    settings = Settings.load(
        WESTCON
        | with_endpoint(mode="relay")
        | {
            "WAYBILL_INGRAM__CLIENT_ID": "client",
            "WAYBILL_INGRAM__CLIENT_SECRET": "secret",
            f"WAYBILL_{partner.upper()}__TOKEN_URL": busy.url("/token"),
            f"WAYBILL_{partner.upper()}__RETRY_AFTER_MAX": "2000",
        }
    )

    westcon = westcon_client(settings, redis)
    ingram = ingram_client(settings, redis)
    calls: dict[str, Callable[[], object]] = {
        "westcon": lambda: westcon.order_status("W", ("6000001",)),
        "ingram": lambda: ingram.send("acme", "EV1", BODY, 1),
    }

    with pytest.raises(NotYet) as caught:
        calls[partner]()

    assert caught.value.after == 2_000
