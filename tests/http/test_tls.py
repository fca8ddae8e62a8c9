"""TLS: whom we trust, and how long a handshake may take."""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from tasks.outcomes.errors import NotYet, Unavailable
from tests.http.raw_server import OK, SECONDS, Peer, RawServer, always
from workers.http.address_guard import AddressGuard, TargetRules
from workers.http.client import HttpClient, Reply

NAME = "partner.example"
LOOPBACK = TargetRules((ip_network("127.0.0.0/8"),))


def make_certificate(folder: Path, *subjects: str) -> Path:
    """Make a key with a certificate that is its own authority, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not on PATH, and it makes the test's certificates")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"]
    command += ["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=test"]
    command += ["-addext", f"subjectAltName={','.join(subjects)}"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    with certificate.open("ab") as both:
        both.write(key.read_bytes())
    return certificate


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"), f"DNS:{NAME}")


@pytest.fixture
def secure(certificate: Path) -> Iterator[RawServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with RawServer(always(), tls=context) as server:
        yield server


@pytest.fixture
def named() -> Iterator[HttpClient]:
    """A client for whom every name is this machine."""
    guard = AddressGuard(LOOPBACK, lambda _, port, **__: loopback(port))
    client = HttpClient(user_agent="Waybill/test", connect_seconds=0.5, guard=guard)
    yield client
    client.close()


def loopback(port: int) -> Any:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def post(http: HttpClient, url: str, **differently: Any) -> Reply:
    usual: dict[str, Any] = {"headers": {}, "body": b"", "deadline": SECONDS}
    return http.send("POST", url, of_whom="Acme", **usual | differently)


def test_a_trusted_authority_is_a_file_in_the_call_and_the_name_is_kept(
    named: HttpClient, secure: RawServer, certificate: Path
) -> None:
    url = secure.url(host=NAME)

    first = post(named, url, verify=str(certificate))
    second = post(named, url, verify=str(certificate))

    assert (first.body, second.body) == (b"ok", b"ok")
    assert f"Host: {NAME}:{secure.port}".encode() in secure.requests[0]
    # The connection is kept although TLS 1.3 sends tickets behind its handshake.
    assert secure.accepted == 1


def test_an_unknown_authority_is_refused(named: HttpClient, secure: RawServer) -> None:
    with pytest.raises(Unavailable, match="certificate refused") as caught:
        post(named, secure.url(host=NAME))

    assert caught.value.code == "tls"
    assert secure.requests == []


def test_trust_given_to_one_call_is_not_given_to_the_next(
    named: HttpClient, secure: RawServer, certificate: Path
) -> None:
    url = secure.url(host=NAME)
    post(named, url, verify=str(certificate))

    with pytest.raises(Unavailable) as caught:
        post(named, url)

    assert caught.value.code == "tls"


def test_a_certificate_for_another_name_is_refused(
    named: HttpClient, secure: RawServer, certificate: Path
) -> None:
    with pytest.raises(Unavailable, match="certificate refused") as caught:
        post(named, secure.url(host="other.example"), verify=str(certificate))

    assert caught.value.code == "tls"


def test_our_own_certificate_is_shown_when_asked_for(
    named: HttpClient, certificate: Path
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificate)
    context.load_cert_chain(certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    with RawServer(always(), tls=context) as server:
        url = server.url(host=NAME)

        reply = post(named, url, verify=str(certificate), cert=str(certificate))

    assert reply.status == 200


@pytest.mark.parametrize("what", ["verify", "cert"])
def test_a_certificate_file_that_is_missing_waits_for_a_person(
    named: HttpClient, what: str
) -> None:
    with pytest.raises(NotYet) as caught:
        post(named, f"https://{NAME}/", **{what: "/nowhere/file.pem"})

    assert (caught.value.code, caught.value.shared) == ("certificate", True)


@pytest.mark.parametrize("spoilt", [b"no certificate", None])
def test_authorities_that_are_lost_meanwhile_wait_for_a_person_too(
    secure: RawServer, certificate: Path, tmp_path: Path, spoilt: bytes | None
) -> None:
    file = tmp_path / "authorities.pem"
    file.write_bytes(certificate.read_bytes())
    guard = AddressGuard(LOOPBACK, lambda _, port, **__: loopback(port))
    http = HttpClient(
        user_agent="Waybill/test", guard=guard, authorities=str(file), idle_seconds=0.0
    )
    assert post(http, secure.url(host=NAME)).status == 200

    if spoilt is None:
        file.unlink()
    else:
        file.write_bytes(spoilt)
    with pytest.raises(NotYet) as caught:
        post(http, secure.url(host=NAME))

    http.close()
    assert (caught.value.code, caught.value.shared) == ("certificate", True)


def test_a_server_that_speaks_no_tls_is_refused(named: HttpClient) -> None:
    def plain(peer: Peer) -> None:
        peer.wire.recv(1_000)
        peer.send(OK)

    with RawServer(plain) as server, pytest.raises(Unavailable) as caught:
        post(named, f"https://{NAME}:{server.port}/")

    assert caught.value.code == "tls"


@pytest.mark.parametrize("begins", [b"", b"\x16\x03\x03\x20\x00"])
def test_a_handshake_that_never_ends_is_left_within_the_time_for_connecting(
    named: HttpClient, begins: bytes
) -> None:
    def slow(peer: Peer) -> None:
        peer.wire.recv(1_000)
        peer.send(begins)
        if begins:
            peer.drip(b"\x02" * 8_000, 0.05)
        peer.left_by_client()

    with RawServer(slow) as server:
        with pytest.raises(Unavailable) as caught:
            post(named, f"https://{NAME}:{server.port}/")

        assert caught.value.code == "connect"


def test_tls_that_breaks_under_the_answer_leaves_it_in_doubt_like_a_reset(
    named: HttpClient, certificate: Path
) -> None:
    def spoil(peer: Peer) -> None:
        peer.request()
        with socket.socket(fileno=os.dup(peer.wire.fileno())) as plain:
            plain.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        peer.left_by_client()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with RawServer(spoil, tls=context) as server:
        with pytest.raises(Unavailable) as caught:
            post(named, server.url(host=NAME), verify=str(certificate))

        assert caught.value.code == "reset"
