"""Complaints about a Redis, from its INFO."""

from collections.abc import Iterator

import pytest
import redis

from tests.redis_servers import binaries, running
from workers.redis.fitness import complaints, unfit

#: Every policy that Redis has besides noeviction.
POLICIES = (
    "allkeys-lfu",
    "allkeys-lru",
    "allkeys-random",
    "volatile-lfu",
    "volatile-lru",
    "volatile-random",
    "volatile-ttl",
)

PERSISTENT = {"redis_version": "7.0.15", "aof_enabled": 1, "loading": 0}


def test_a_redis_that_persists_is_fit() -> None:
    assert list(complaints(PERSISTENT)) == []


def test_a_redis_that_writes_no_file_is_not_fit() -> None:
    (complaint,) = complaints({**PERSISTENT, "aof_enabled": 0})

    assert complaint.startswith("Redis does not persist (appendonly no)")


def test_a_redis_that_still_reads_its_file_is_not_reported_to_write_none() -> None:
    # As Redis 7.0.15 with appendonly yes reports itself after a restart.
    info = {**PERSISTENT, "aof_enabled": 0, "loading": 1}

    assert list(complaints(info)) == []


@pytest.fixture(name="persistent", scope="module", params=list(binaries()))
def a_persistent_redis(request: pytest.FixtureRequest) -> Iterator[redis.Redis]:
    """A Redis as production has it, of each kind that the machine has."""
    options = ("--appendonly", "yes")
    with running(binaries()[request.param], *options) as one, one.client() as client:
        yield client


@pytest.mark.parametrize("policy", POLICIES)
def test_a_redis_that_may_evict_anything_is_not_fit(
    persistent: redis.Redis, policy: str
) -> None:
    assert unfit(persistent) == []
    persistent.config_set("maxmemory-policy", policy)

    (complaint,) = unfit(persistent, allow_volatile=True)
    persistent.config_set("maxmemory-policy", "noeviction")

    assert f"(maxmemory-policy {policy})" in complaint
    assert complaint.endswith("set maxmemory-policy noeviction")


def test_a_replica_is_not_fit() -> None:
    (complaint,) = complaints({**PERSISTENT, "role": "slave"})

    assert "point WAYBILL_REDIS_URL at the primary" in complaint


@pytest.mark.parametrize("version", ["5.0.14", "6.0.20", "6.1.240"])
def test_a_redis_that_is_too_old_is_not_fit(version: str) -> None:
    (complaint,) = complaints({**PERSISTENT, "redis_version": version})

    assert complaint == f"Redis is {version}; Waybill needs 6.2 or newer"
