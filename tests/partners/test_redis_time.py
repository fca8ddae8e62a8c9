"""What goes to a partner carries Redis' time, however wrong the worker's clock is."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import redis
from celery import Celery

from tests.http.raw_server import Act, Peer, RawServer
from tests.settings.environments import DECK, WESTCON, with_endpoint
from workers.partners import registry
from workers.redis.clock import RedisClock
from workers.settings.settings import Settings
from workers.wiring.calls import reach_of
from workers.wiring.process import process_of

#: By Redis it is the year 2033; the worker's own clock is years behind.
REDIS = datetime(2033, 5, 18, 3, 33, 20, tzinfo=UTC)


def linked(peer: Peer) -> None:
    """Answer as DECK does when it has made a link."""
    while peer.request():
        body = b'{"ResponseCode": 0, "Message": ""}'
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
        peer.send(head.encode() + body)


@pytest.fixture(name="server")
def a_partner(serve: Callable[[Act], RawServer]) -> RawServer:
    return serve(linked)


@pytest.fixture(name="settings")
def a_workers_settings(
    server: RawServer, redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A worker's settings; Redis gives it the time."""
    wired = redis.connection_pool.connection_kwargs
    environ = {
        **WESTCON,
        **DECK,
        "WAYBILL_DECK__BASE_URL": server.url(""),
        **with_endpoint(target_url=server.url("/hook")),
        "WAYBILL_INGRAM__ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        "WAYBILL_REDIS_URL": f"redis://127.0.0.1:{wired['port']}/0",
    }
    ms = int(REDIS.timestamp() * 1000)
    monkeypatch.setattr(RedisClock, "now_ms", lambda _: ms)
    return Settings.load(environ)


def client_of(settings: Settings, partner: str) -> Any:
    """The partner's client as a worker makes it."""
    reach = reach_of(settings, partner)
    return registry.spec_of(partner).calls().client(settings.sections[partner], reach)


def test_a_notification_is_signed_at_redis_time(
    settings: Settings, server: RawServer
) -> None:
    client_of(settings, "ingram").send("acme", "EVENT", b"{}", 1)

    stamp = f"\r\nwebhook-timestamp: {int(REDIS.timestamp())}\r\n".encode()
    assert stamp in server.requests[0].lower()


def test_a_link_is_made_at_redis_time(settings: Settings, server: RawServer) -> None:
    client_of(settings, "deck").link("SO-1", "CUST-1")

    _, _, body = server.requests[0].partition(b"\r\n\r\n")
    stamps = [v for k, v in json.loads(body).items() if "timestamp" in k.lower()]
    assert stamps == ["5/18/2033 03:33 AM"]


def test_orders_are_dated_by_redis_time(settings: Settings) -> None:
    process = process_of(settings, Celery("tests", set_as_current=False), 2)

    assert process.services.now_ms() == int(REDIS.timestamp() * 1000)
