"""Complaints about a Redis, from its INFO."""

from collections.abc import Iterator

import pytest
import redis

from tests.redis_servers import binaries, running
from workers.redis.fitness import complaints, info_of, unchecked, unfit

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

PERSISTENT = {
    "redis_version": "7.0.15",
    "aof_enabled": 1,
    "loading": 0,
    "maxmemory_policy": "noeviction",
}


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


@pytest.mark.parametrize(
    ("member", "what"),
    [
        ("redis_version", "its version"),
        ("maxmemory_policy", "whether it evicts"),
        ("aof_enabled", "whether it persists"),
    ],
)
def test_what_a_server_does_not_report_is_no_answer(member: str, what: str) -> None:
    info = {name: value for name, value in PERSISTENT.items() if name != member}

    (complaint,) = complaints(info)

    assert complaint.startswith(f"Redis does not report {what};")
    assert "WAYBILL_ASSUME_PERSISTENT=true" in complaint
    assert unchecked(info) == (what,)
    assert list(complaints(info, assume_persistent=True)) == []


def test_its_operators_word_stands_for_a_file_that_is_not_written() -> None:
    # As a service reports that keeps a log of its own in place of Redis' file.
    info = {**PERSISTENT, "aof_enabled": 0}

    assert list(complaints(info, assume_persistent=True)) == []


@pytest.mark.parametrize(
    ("reported", "complaint"),
    [
        ({"maxmemory_policy": "volatile-lru"}, "Redis may evict keys"),
        ({"redis_version": "6.0.16"}, "Redis is 6.0.16"),
        ({"role": "slave"}, "this Redis is a replica"),
    ],
)
def test_what_it_does_report_counts_against_that_word(
    reported: dict[str, object], complaint: str
) -> None:
    info = {**PERSISTENT, "aof_enabled": 0, **reported}

    (found,) = complaints(info, assume_persistent=True)

    assert found.startswith(complaint)


def test_where_nothing_need_be_kept_that_need_not_be_reported() -> None:
    info = {name: text for name, text in PERSISTENT.items() if name != "aof_enabled"}

    assert list(complaints(info, allow_volatile=True)) == []


@pytest.mark.parametrize("way", ["its user may not", "nobody may"])
def test_a_refused_info_is_no_failure(persistent: redis.Redis, way: str) -> None:
    binary = next(iter(binaries().values()))
    taken_away = ("--rename-command", "INFO", "") if way == "nobody may" else ()
    with running(binary, *taken_away) as server, server.client() as client:
        if not taken_away:
            client.execute_command("ACL", "SETUSER", "default", "-info")

        assert info_of(client) is None
        (complaint,) = unfit(client)
        assert unfit(client, assume_persistent=True) == []

    assert "its version, whether it evicts, whether it persists" in complaint
    assert info_of(persistent) is not None
