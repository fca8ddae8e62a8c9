"""The worlds of the ledger's tests."""

import pytest
import redis

from tests.ledger.clock import World, build


@pytest.fixture
def world(redis: redis.Redis) -> World:
    """A ledger of one partition on a clock of its own."""
    return build(redis)


@pytest.fixture(params=[1, 4])
def cut_world(redis: redis.Redis, request: pytest.FixtureRequest) -> World:
    """A ledger of one partition, and one of four."""
    return build(redis, partitions=request.param)
