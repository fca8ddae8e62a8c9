"""`Host` names a host as the receiver does: without what its scheme means anyway."""

import socket
import ssl
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from tests.http.raw_server import SECONDS, RawServer, always
from tests.http.test_tls import make_certificate
from tests.partners.receivers import headers_of
from workers.http.address_guard import AddressGuard, TargetRules
from workers.http.client import HttpClient
from workers.http.request_head import host_field

NAME = "partner.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"), f"DNS:{NAME}")


@pytest.fixture(params=["http", "https"])
def server(request: pytest.FixtureRequest, certificate: Path) -> Iterator[RawServer]:
    context = None
    if request.param == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    with RawServer(always(), tls=context) as running:
        yield running


@pytest.fixture
def http(server: RawServer) -> Iterator[HttpClient]:
    """A client for whom every port of every name is the server's."""

    def look_up(*_: Any, **__: Any) -> Any:
        place = ("127.0.0.1", server.port)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place)]

    rules = TargetRules((ip_network("127.0.0.0/8"),))
    guard = AddressGuard(rules, look_up)
    client = HttpClient(user_agent="Waybill/test", guard=guard)
    yield client
    client.close()


@pytest.mark.parametrize("port", ["", ":80", ":443", ":8443"])
def test_the_default_port_of_the_scheme_and_no_other_is_left_out(
    server: RawServer, http: HttpClient, certificate: Path, port: str
) -> None:
    scheme = server.url().partition(":")[0]
    default = {"http": ":80", "https": ":443"}[scheme]

    http.send(
        "POST",
        f"{scheme}://{NAME}{port}/hook",
        headers={},
        body=b"",
        deadline=SECONDS,
        of_whom="Acme",
        verify=str(certificate),
    )

    sent = headers_of(server.requests[0])["host"]
    assert sent == NAME + ("" if port == default else port)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.ingrammicro.com:443/sandbox", "api.ingrammicro.com"),
        ("https://[2001:db8::1]:443/", "[2001:db8::1]"),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("http://[fe80::1%25eth0]:8080/", "[fe80::1]:8080"),
        ("http://10.0.0.1:080/", "10.0.0.1"),
        ("http://partner.example:443/", "partner.example:443"),
        ("https://partner.example:80/", "partner.example:80"),
    ],
)
def test_addresses_and_foreign_ports_are_kept_as_hosts_are_written(
    url: str, host: str
) -> None:
    assert host_field(url) == host
