"""A terminal on a Redis with which nothing is wrong."""

from collections.abc import Iterator

import pytest
import redis

from sandbox.server import Sandbox
from tests.redis_servers import RedisServer, binaries, running
from tests.waybill.terminal import Terminal, ledger_of
from waybill.sandbox import environment


@pytest.fixture(scope="session")
def server() -> Iterator[RedisServer]:
    """A Redis with which nothing is wrong."""
    binary = next(iter(binaries().values()))
    with running(binary, "--appendonly", "yes", "--maxmemory", "100mb") as made:
        yield made


@pytest.fixture(name="redis")
def fit_redis(server: RedisServer) -> Iterator[redis.Redis]:
    with server.client() as client:
        client.flushall()
        yield client


@pytest.fixture
def environ(partners: Sandbox, server: RedisServer) -> dict[str, str]:
    return environment(partners.url) | {"WAYBILL_REDIS_URL": server.url}


@pytest.fixture
def waybill(redis: redis.Redis, environ: dict[str, str]) -> Terminal:
    """A terminal beside a founded ledger."""
    ledger_of(redis, environ)
    return Terminal(environ)
