"""Patches of kombu: what they change, and that kombu needs them still."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from celery.worker import state
from kombu import Connection, Exchange
from kombu.transport import redis as transport
from kombu.transport import virtual

from tests.redis_servers import RedisServer
from workers.celery_app import kombu_guard

CHANNEL: Any = transport.Channel


@pytest.fixture(autouse=True)
def _installed() -> None:
    kombu_guard.install()


@pytest.fixture
def as_kombu_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is patched."""
    for name in ("_connparams", "_create_client", "close"):
        monkeypatch.setattr(CHANNEL, name, inspect.unwrap(getattr(CHANNEL, name)))


@pytest.fixture
def channel(redis_server: RedisServer) -> Iterator[Any]:
    url = f"redis://127.0.0.1:{redis_server.port}/0"
    with Connection(url, transport_options={"ack_emulation": False}) as connection:
        yield connection.channel()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The clients that redis-py has made."""
    found: list[object] = []
    original = redis.Redis.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        found.append(self)
        original(self, *args, **kwargs)

    monkeypatch.setattr(redis.Redis, "__init__", init)
    return found


def publish(channel: Any, times: int) -> None:
    exchange = Exchange("events", type="fanout", channel=channel)
    exchange.declare()
    for _ in range(times):
        exchange.publish(exchange.Message("{}"), routing_key="")


def test_a_channel_makes_one_client_for_all_it_sends(
    channel: Any, made: list[object]
) -> None:
    publish(channel, 20)

    assert len(made) <= 1


def test_a_channel_whose_connections_were_dropped_makes_another(
    channel: Any, made: list[object]
) -> None:
    publish(channel, 1)
    first = channel._create_client()
    channel._disconnect_pools()

    publish(channel, 2)

    assert channel._create_client() is not first
    assert channel._create_client().connection_pool is channel.pool
    assert len(made) <= 2


@pytest.mark.usefixtures("as_kombu_has_it")
def test_kombu_makes_a_client_for_each_message_still(
    channel: Any, made: list[object]
) -> None:
    publish(channel, 20)

    assert len(made) >= 20, "kombu keeps its client: _kept of kombu_guard.py can go"


def wait_for_messages(channel: Any, seconds: int) -> None:
    """Have a channel wait at a queue that stays empty, 0 for ever."""
    channel.brpop_timeout = seconds
    channel.queue_declare("waited-for")
    channel.basic_consume("waited-for", no_ack=True, callback=print, consumer_tag="t")
    channel.connection.cycle.on_poll_start()
    assert channel._in_poll


def test_a_worker_that_stops_ends_its_wait_for_messages(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "should_stop", 0)
    wait_for_messages(channel, 0)

    channel.close()

    assert channel.closed


def test_a_wait_that_may_not_be_ended_is_over_in_time(
    channel: Any, monkeypatch: pytest.MonkeyPatch, redis: redis.Redis
) -> None:
    monkeypatch.setattr(state, "should_stop", 0)
    wait_for_messages(channel, 1)
    redis.acl_setuser("default", enabled=True, commands=["-client"])
    try:
        channel.close()
    finally:
        redis.acl_setuser("default", enabled=True, commands=["+client"])

    assert channel.closed


@pytest.mark.usefixtures("as_kombu_has_it")
def test_kombu_waits_for_redis_when_it_closes_still(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_messages(channel, 1)
    awaited: list[str] = []
    original = channel.client.parse_response

    def parse_response(connection: Any, command: str, **options: Any) -> Any:
        awaited.append(command)
        return original(connection, command, **options)

    monkeypatch.setattr(channel.client, "parse_response", parse_response)

    channel.close()

    assert awaited == ["BRPOP"], "kombu waits no more: _at_once can go"


@pytest.fixture
def held(redis: redis.Redis, channel: Any) -> None:
    """A message of the queue `held` that was fetched and is not acknowledged."""
    assert redis.ping()
    channel.queue_declare("held")
    exchange = Exchange("held", channel=channel)
    exchange.declare()
    channel.queue_bind("held", exchange="held", routing_key="held")
    exchange.publish(exchange.Message("{}"), routing_key="held")
    assert channel.basic_get("held") is not None


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(("stopping", "left"), [(None, 0), (0, 1)])
def test_only_a_worker_that_stops_puts_back_what_it_holds(
    channel: Any,
    monkeypatch: pytest.MonkeyPatch,
    redis: redis.Redis,
    stopping: int | None,
    left: int,
) -> None:
    monkeypatch.setattr(state, "should_stop", stopping)

    channel.close()

    assert redis.llen("held") == left


@pytest.mark.usefixtures("held")
def test_kombu_puts_back_what_is_held_without_a_stop_still(
    channel: Any, monkeypatch: pytest.MonkeyPatch, redis: redis.Redis
) -> None:
    monkeypatch.setattr(state, "should_stop", None)
    monkeypatch.setattr(CHANNEL, "do_restore", virtual.Channel.do_restore)

    channel.close()

    assert redis.llen("held") == 1, "kombu puts nothing back: _puts_back can go"


def test_installing_twice_patches_once() -> None:
    before = [CHANNEL._connparams, CHANNEL._create_client, CHANNEL.close]

    kombu_guard.install()

    assert before == [CHANNEL._connparams, CHANNEL._create_client, CHANNEL.close]
