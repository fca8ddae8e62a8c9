"""Stand-ins, settings that point at them, and a terminal."""

from collections.abc import Iterator

import pytest
import redis

from sandbox.server import Sandbox
from tests.ledger.clock import World
from tests.redis_servers import RedisServer
from tests.waybill.terminal import Terminal, ledger_of
from waybill.sandbox import environment


@pytest.fixture(scope="session")
def partners() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def environ(partners: Sandbox, redis_server: RedisServer) -> dict[str, str]:
    """Complete settings."""
    return environment(partners.url) | {"WAYBILL_REDIS_URL": redis_server.url}


@pytest.fixture
def waybill(environ: dict[str, str]) -> Terminal:
    return Terminal(environ)


@pytest.fixture
def ledger(redis: redis.Redis, environ: dict[str, str]) -> World:
    """An empty ledger with which nothing is wrong."""
    return ledger_of(redis, environ)
