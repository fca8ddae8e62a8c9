"""The account of the stream outlives a deletion, a restart and an older release."""

import pytest
import redis

from tests.ledger.entries import publish, read
from tests.ledger.nodes import configure
from tests.ledger.test_stream_account import GROUP, NAME, ONE, admitted, lost
from tests.redis_servers import RedisServer
from workers.ledger import keys
from workers.ledger.identity.heartbeats import Heartbeat, Heartbeats
from workers.ledger.stream.account import StreamAccount
from workers.ledger.stream.reader import Stream


@pytest.fixture
def counts_additions(redis: redis.Redis) -> bool:
    """Whether this server counts what was added, as 7.0 and later do."""
    version: str = redis.info("server")["redis_version"]
    return int(version.split(".", maxsplit=1)[0]) >= 7


@pytest.fixture
def account(stream: Stream) -> StreamAccount:
    """Of a stream that was just made, looked at once."""
    assert stream.account.look().events == 0
    return stream.account


def test_a_ledger_without_an_account_begins_now(
    redis: redis.Redis, stream: Stream
) -> None:
    publish(stream, 10)
    read(stream, 4, "host:1:abc")
    redis.xack(NAME, GROUP, *publish(stream, 0), "1-0")
    redis.xtrim(NAME, maxlen=3, approximate=False)
    redis.delete(keys.account(NAME, GROUP))
    account = StreamAccount(redis, NAME, GROUP)

    assert lost(account) == 0
    assert account.losses().events == 0


def test_workers_of_the_release_before_make_no_gap(
    redis: redis.Redis, stream: Stream, account: StreamAccount
) -> None:
    """They acknowledge without counting; once they are gone it is looked at again."""
    publish(stream, 6)
    old = read(stream, 6, "host:1:abc")
    redis.xclaim(NAME, GROUP, "started", 0, [*old])
    redis.xack(NAME, GROUP, *old)
    assert lost(account) == 0
    assert lost(account) == 0

    stream.remove_idle_consumers(-1)
    assert lost(account) == 0
    publish(stream, 2)
    assert lost(account) == 0
    redis.xtrim(NAME, maxlen=0)
    assert lost(account) in {1, 2}


def test_a_stream_that_is_deleted_takes_what_waited_with_it(
    redis: redis.Redis,
    stream: Stream,
    account: StreamAccount,
    counts_additions: bool,  # noqa: FBT001 (a fixture)
) -> None:
    publish(stream, 7)
    admitted(stream, read(stream, 2, ONE))
    assert lost(account) == 0

    redis.delete(NAME)

    assert lost(account) == (5 if counts_additions else 1)
    assert lost(account) == 0
    stream.make()
    publish(stream, 3)
    assert lost(account) == 0
    admitted(stream, read(stream, consumer=ONE))
    assert lost(account) == 0


def test_a_group_that_is_deleted_loses_nothing(
    redis: redis.Redis, stream: Stream, account: StreamAccount
) -> None:
    publish(stream, 7)
    admitted(stream, read(stream, 2, ONE))
    redis.xgroup_destroy(NAME, GROUP)

    assert lost(account) == 0
    stream.make()
    assert lost(account) == 0
    admitted(stream, read(stream, consumer=ONE))
    assert lost(account) == 0


def test_a_restart_of_redis_makes_no_gap(redis_server: RedisServer) -> None:
    server = RedisServer(redis_server.binary, ("--appendonly", "yes"))
    server.start()
    try:
        with server.client() as client:
            stream = Stream(client, NAME, GROUP)
            stream.make()
            publish(stream, 9)
            admitted(stream, read(stream, 4, ONE))
            read(stream, 2, ONE)
            client.xdel(NAME, read(stream, 1, ONE)[0])
            assert lost(stream.account) == 0
            client.bgrewriteaof()
        server.kill()
        server.start()
        with server.client() as client:
            stream = Stream(client, NAME, GROUP)

            assert lost(stream.account) in {0, 1}
            assert lost(stream.account) == 0
    finally:
        server.close()


def test_a_full_redis_is_accounted_for_too(
    redis: redis.Redis, stream: Stream, account: StreamAccount
) -> None:
    ids = publish(stream, 6)
    stream.start(read(stream, 2, ONE))
    assert lost(account) == 0
    configure(redis, "maxmemory", 1)
    try:
        stream.acknowledge(ids[:2])
        redis.xtrim(NAME, maxlen=0)
        found = lost(account)
        Heartbeats(redis).beat("one", Heartbeat("a@h"))
    finally:
        configure(redis, "maxmemory", 0)

    assert found >= 1
    assert stream.pending_count() == 0
    assert [one.heartbeat.name for one in Heartbeats(redis).alive()] == ["a@h"]
