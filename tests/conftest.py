"""What the tests share: real Redis servers, one of each kind per test process."""

from collections.abc import Iterator

import pytest
import redis

from tests.redis_servers import RedisServer, binaries, running

#: What tests set on the server that they share, as it is for each of them.
CONFIGURED = {"appendonly": "no", "maxmemory": "0", "maxmemory-policy": "noeviction"}


@pytest.fixture(scope="session", params=list(binaries()))
def redis_server(request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    """A server of each kind the machine has: the bundled 6.2 and a newer one."""
    with running(binaries()[request.param]) as server:
        yield server


@pytest.fixture(name="redis")
def flushed_redis(redis_server: RedisServer) -> Iterator[redis.Redis]:
    """A client of an empty Redis."""
    with redis_server.client() as client:
        client.flushall()
        yield client
        for name, value in CONFIGURED.items():
            client.config_set(name, value)
