"""The doctor calls partners as the workers do, and names what stands between."""

import json
import ssl
from pathlib import Path
from typing import Any

from sandbox.server import Sandbox
from tests.http.connect_proxy import asked_for, carrying, refusing
from tests.http.raw_server import RawServer, answering
from tests.http.test_tls import make_certificate
from tests.redis_servers import free_port
from tests.waybill.doctor.findings import found
from tests.waybill.terminal import Terminal

PARTNERS = ("WESTCON", "DECK", "INGRAM")


def through(port: int) -> dict[str, Any]:
    url = f"http://user:hunter2@127.0.0.1:{port}"
    return {f"WAYBILL_{partner}__PROXY": url for partner in PARTNERS}


def test_every_partner_is_asked_through_its_proxy(
    partners: Sandbox, waybill: Terminal
) -> None:
    port = int(partners.url.rpartition(":")[2])
    place = f"127.0.0.1:{port}"
    with RawServer(carrying({place: port}, "user:hunter2")) as proxy:
        result = waybill("doctor", **through(proxy.port))

    assert result.exit_code == 0, result.output
    assert f"ingram.proxy          the proxy 127.0.0.1:{proxy.port}" in result.stdout
    assert {asked_for(head) for head in proxy.requests} == {place}
    # Tokens, hosts and one question at Westcon; no endpoint.
    assert len(proxy.requests) >= 3


def test_a_proxy_that_is_away_is_what_is_wrong(waybill: Terminal) -> None:
    port = free_port()

    shown = found(waybill, **through(port))

    for name in ("westcon.token", "deck.reached", "ingram.proxy"):
        check, setting = shown[name], f"WAYBILL_{name.split('.')[0].upper()}__PROXY"
        assert check["verdict"] == "wrong"
        assert f"the proxy 127.0.0.1:{port} ({setting})" in check["says"]
        assert setting in check["advice"]
    assert "hunter2" not in json.dumps(shown)


def test_a_proxy_that_does_not_know_us_is_what_is_wrong(waybill: Terminal) -> None:
    with RawServer(refusing(b"HTTP/1.1 407 X\r\n\r\n")) as proxy:
        shown = found(waybill, **through(proxy.port))

    assert "another user or password (407)" in shown["deck.reached"]["says"]
    assert "WAYBILL_DECK__PROXY" in shown["deck.reached"]["advice"]


def test_whom_to_trust_is_reported_where_a_certificate_is_refused(
    waybill: Terminal, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = make_certificate(tmp_path, "IP:127.0.0.1")
    context.load_cert_chain(certificate)
    page = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b"
    with RawServer(answering(page), tls=context) as deck:
        url = {"WAYBILL_DECK__BASE_URL": deck.url("")}
        refused = found(waybill, **url)
        trusted = found(waybill, **url, WAYBILL_DECK__CA_FILE=str(certificate))

    assert "WAYBILL_DECK__CA_FILE" in refused["deck.reached"]["advice"]
    # Whatever the page at the root is: something answers there.
    assert "deck.reached" not in trusted
