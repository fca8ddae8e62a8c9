"""Certificates are always checked, by the ledger's clients and by Celery's."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery
from kombu.exceptions import OperationalError

from tests.http.raw_server import RawServer, always
from tests.http.test_tls import make_certificate
from waybill.trouble import trouble
from workers.celery_app.settings import celery_settings
from workers.redis.clients import hasty_client


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"), "DNS:redis.example")


@pytest.fixture
def url(certificate: Path) -> Iterator[str]:
    """Somebody who speaks TLS with a certificate for another name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with RawServer(always(b"+PONG\r\n"), tls=context) as server:
        yield f"rediss://127.0.0.1:{server.port}/0"


@pytest.mark.parametrize("trusted", [False, True], ids=["unknown", "another name"])
def test_hints_do_not_travel_to_somebody_who_is_not_trusted(
    url: str, certificate: Path, *, trusted: bool
) -> None:
    options = f"?ssl_ca_certs={certificate}" if trusted else ""
    app: Any = Celery("tests", set_as_current=False)
    app.conf.update(celery_settings(url + options))

    with (
        app.connection_for_write() as connection,
        pytest.raises(OperationalError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        connection.default_channel.client.ping()


@pytest.mark.parametrize(
    ("options", "text"),
    [("", "self-signed certificate"), ("?ssl_ca_certs={}", "IP address mismatch")],
)
def test_the_reason_of_tls_is_reported(
    url: str, certificate: Path, options: str, text: str
) -> None:
    whole = url + options.format(certificate)

    with (
        hasty_client(whole, "tests") as client,
        pytest.raises(redis.ConnectionError) as caught,
    ):
        client.ping()

    what = trouble(caught.value, whole)
    assert what.startswith(f"Redis at {url} (WAYBILL_REDIS_URL) shows a certificate")
    assert text in what
    assert "is it running" not in what
