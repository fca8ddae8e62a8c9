"""The worlds of the ledger's tests."""

import pytest
import redis

from tests.ledger.clock import World, build
from workers.ledger.stream.reader import Stream


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
    made = Stream(redis, "orders:events", "waybill")
    made.make()
    return made
