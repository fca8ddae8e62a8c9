"""Calls through a proxy reach whom they name, and nobody whom the guard refuses."""

import socket
import ssl
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from tasks.outcomes.errors import PartnerError, PermanentError, Unavailable
from tests.http.calls import post
from tests.http.connect_proxy import asked_for, carrying
from tests.http.raw_server import Act, Peer, RawServer, Serve, always
from tests.http.test_tls import make_certificate
from tests.partners.receivers import headers_of
from workers.http.address_guard import AddressGuard, TargetRules
from workers.http.client import HttpClient
from workers.http.proxy import proxy_of

NAME = "partner.example"
USER = "waybill:pass word@"
#: The documentation's network stands for the public one.
PUBLIC = TargetRules((ip_network("203.0.113.0/24"), ip_network("127.0.0.0/8")))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"), f"DNS:{NAME}")


@pytest.fixture
def names() -> list[str]:
    """The names that the secure receiver was called by, in TLS."""
    return []


@pytest.fixture
def secure(certificate: Path, names: list[str]) -> Iterator[RawServer]:
    def named(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        names.append(name or "")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = named
    with RawServer(always(), tls=context) as server:
        yield server


#: Makes a client that goes through a proxy.
Through = Callable[..., HttpClient]


@pytest.fixture
def through() -> Iterator[Through]:
    clients: list[HttpClient] = []

    def make(
        proxy: RawServer, guard: AddressGuard | None = None, user: str = ""
    ) -> HttpClient:
        proxy_at = proxy_of(f"http://{user}127.0.0.1:{proxy.port}", "WAYBILL_X__PROXY")
        clients.append(
            HttpClient(
                user_agent="Waybill/test",
                connect_seconds=1.0,
                guard=guard,
                proxy=proxy_at,
            )
        )
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def looking_up(*addresses: str, error: OSError | None = None) -> Callable[..., Any]:
    def look_up(_: str, port: int, **__: Any) -> Any:
        if error is not None:
            raise error
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]

    return look_up


def test_a_partner_is_reached_by_the_name_that_the_proxy_resolves(
    serve: Callable[[Act], RawServer],
    secure: RawServer,
    through: Through,
    certificate: Path,
    names: list[str],
) -> None:
    proxy = serve(carrying({f"{NAME}:443": secure.port}, USER))
    http = through(proxy, user="waybill:pass%20word%40@")
    url = f"https://{NAME}/orders"

    replies = [post(http, url, verify=str(certificate)) for _ in range(3)]

    assert [reply.body for reply in replies] == [b"ok"] * 3
    # One tunnel serves them all, and what opened it stays with the proxy.
    assert [asked_for(head) for head in proxy.requests] == [f"{NAME}:443"]
    assert headers_of(proxy.requests[0])["host"] == f"{NAME}:443"
    assert names == [NAME]
    assert headers_of(secure.requests[0])["host"] == NAME
    assert not any(b"proxy-auth" in one.lower() for one in secure.requests)


def test_what_is_not_encrypted_goes_through_a_tunnel_as_well(
    serve: Callable[[Act], RawServer], through: Through
) -> None:
    server = serve(always())
    proxy = serve(carrying({"gateway.internal:80": server.port}))

    reply = post(through(proxy), "http://gateway.internal/westcon")

    assert reply.body == b"ok"
    assert server.requests[0].startswith(b"POST /westcon HTTP/1.1\r\n")
    assert len(proxy.requests) == 1


def test_a_target_that_was_chosen_is_asked_for_by_its_judged_address(
    serve: Callable[[Act], RawServer],
    secure: RawServer,
    through: Through,
    certificate: Path,
    names: list[str],
) -> None:
    proxy = serve(carrying({"203.0.113.5:443": secure.port}))
    http = through(proxy, AddressGuard(PUBLIC, looking_up("203.0.113.5")))

    reply = post(http, f"https://{NAME}/hook", verify=str(certificate))

    assert reply.body == b"ok"
    assert [asked_for(head) for head in proxy.requests] == ["203.0.113.5:443"]
    # The name is still what TLS checks, and what the receiver reads.
    assert names == [NAME]
    assert headers_of(secure.requests[0])["host"] == NAME
    assert NAME.encode() not in proxy.requests[0]


def test_a_certificate_for_another_name_is_refused_in_a_tunnel_too(
    serve: Callable[[Act], RawServer],
    secure: RawServer,
    through: Through,
    certificate: Path,
) -> None:
    proxy = serve(carrying({"203.0.113.5:443": secure.port}))
    http = through(proxy, AddressGuard(PUBLIC, looking_up("203.0.113.5")))

    with pytest.raises(Unavailable, match="certificate refused") as caught:
        post(http, "https://other.example/", verify=str(certificate))

    assert caught.value.code == "tls"
    assert f"the proxy 127.0.0.1:{proxy.port} (WAYBILL_X__PROXY)" in str(caught.value)
    assert secure.requests == []


def test_the_next_judged_address_is_asked_for_when_one_is_not_reached(
    serve: Callable[[Act], RawServer],
    secure: RawServer,
    through: Through,
    certificate: Path,
) -> None:
    proxy = serve(carrying({"203.0.113.6:443": secure.port}))
    look_up = looking_up("203.0.113.5", "203.0.113.5", "203.0.113.6")
    http = through(proxy, AddressGuard(PUBLIC, look_up))

    post(http, f"https://{NAME}/hook", verify=str(certificate))

    asked = [asked_for(head) for head in proxy.requests]
    assert asked == ["203.0.113.5:443", "203.0.113.6:443"]


@pytest.mark.parametrize(
    ("url", "look_up", "kind", "code"),
    [
        ("https://inner.example/", looking_up("10.0.0.1"), PermanentError, "target"),
        (
            "https://mixed.example/",
            looking_up("203.0.113.5", "169.254.169.254"),
            PermanentError,
            "target",
        ),
        (
            "https://unknown.example/",
            looking_up(error=socket.gaierror(socket.EAI_NONAME, "unknown")),
            Unavailable,
            "dns",
        ),
        ("https://10.0.0.1/", looking_up("10.0.0.1"), PermanentError, "target"),
        ("https://no.example/", looking_up(), Unavailable, "dns"),
    ],
)
def test_what_cannot_be_judged_here_is_never_left_to_the_proxy(
    serve: Serve,
    through: Through,
    url: str,
    look_up: Callable[..., Any],
    kind: type[PartnerError],
    code: str,
) -> None:
    proxy = serve(carrying({}))
    http = through(proxy, AddressGuard(PUBLIC, look_up))

    with pytest.raises(kind) as caught:
        post(http, url)

    assert caught.value.code == code
    assert proxy.accepted == 0


def test_an_address_is_written_as_urls_write_it(serve: Serve, through: Through) -> None:
    proxy = serve(carrying({}))

    with pytest.raises(Unavailable) as caught:
        post(through(proxy), "https://[2001:db8::1]:8443/")

    assert caught.value.code == "proxy_503"
    assert asked_for(proxy.requests[0]) == "[2001:db8::1]:8443"


def test_a_handshake_in_a_tunnel_that_never_ends_is_left_within_the_time(
    serve: Callable[[Act], RawServer], through: Through
) -> None:
    def slow(peer: Peer) -> None:
        peer.wire.recv(1_000)
        peer.send(b"\x16\x03\x03\x20\x00")
        peer.drip(b"\x02" * 8_000)

    server = serve(slow)
    proxy = serve(carrying({f"{NAME}:443": server.port}))

    with pytest.raises(Unavailable) as caught:
        post(through(proxy), f"https://{NAME}/", deadline=0.5)

    assert caught.value.code == "connect"


def test_a_kept_tunnel_that_the_proxy_closed_is_replaced(
    serve: Callable[[Act], RawServer], through: Through
) -> None:
    def once(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    server = serve(once)
    proxy = serve(carrying({f"{NAME}:80": server.port}))
    http = through(proxy)

    for _ in range(2):
        assert post(http, f"http://{NAME}/").status == 200

    assert (proxy.accepted, server.accepted) == (2, 2)
