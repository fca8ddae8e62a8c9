"""The worlds of the ledger's tests, on whatever LEDGER names."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from tests.ledger.clock import STREAM, World, build
from tests.ledger.elsewhere import why_not
from tests.ledger.replay_seed import OPTIONS, server
from tests.processes.ledger_servers import Kind, chosen
from tests.redis_servers import RedisServer, running
from workers.ledger.stream.reader import Stream

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is about one Redis, with the reason."""
    for item in items:
        if item.path.parent == HERE and (why := why_not(item, chosen())):
            item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture
def world(redis: redis.Redis) -> World:
    """A ledger of one partition on a clock of its own."""
    return build(redis)


@pytest.fixture(params=[1, 4])
def cut_world(redis: redis.Redis, request: pytest.FixtureRequest) -> World:
    """A ledger of one partition, and one of four."""
    return build(redis, partitions=request.param)


@pytest.fixture
def stream(redis: redis.Redis) -> Stream:
    """An empty stream with a group that reads it."""
    made = Stream(redis, STREAM, "waybill")
    made.make()
    return made


@pytest.fixture(scope="session")
def connect(redis_server: RedisServer) -> Callable[[], redis.Redis]:
    """Makes another client of the same ledger."""
    return redis_server.client


@pytest.fixture
def hand_over() -> Callable[[], None]:
    """Has a replica take a primary's place, where there is one."""
    return lambda: None


@pytest.fixture(scope="module")
def trimmed() -> Iterator[redis.Redis]:
    """A client of a Redis that trims every entry that it may, not whole nodes of them.

    It is one server of the better kind: what is looked for does not depend on it.
    """
    with running(server(), *OPTIONS) as one, one.client() as client:
        yield client


if chosen() is not Kind.REDIS:
    from tests.ledger.several_servers import *  # noqa: F403 (they take the others' places)
