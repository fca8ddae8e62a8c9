"""A pass over all keys goes on after a restart or a failover, and leaves out none."""

from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from tests.redis_clusters import Cluster, running_cluster, until
from tests.redis_servers import RedisServer, binaries, running
from tests.sentinel_servers import watched
from workers.redis.answers import text
from workers.redis.clients import ledger_client
from workers.redis.scans import scan_step

KEYS = {f"key-{number}" for number in range(900)}

#: Keys of one step.
STEP = 20

#: What a server needs to have its keys again once it was killed.
LASTING = ("--appendonly", "yes", "--appendfsync", "always")


def seen_around(
    client: "redis.Redis", happens: Callable[[], object], steps: int = 3
) -> list[str]:
    """The keys of a pass in which something happens after some steps."""
    cursor, seen = 0, list[str]()
    for _ in range(steps):
        cursor, found = client.scan(cursor, count=STEP)
        seen += map(text, found)
    happens()
    while True:
        cursor, found = client.scan(cursor, count=STEP)
        seen += map(text, found)
        if not cursor:
            return seen


def filled(url: str) -> "redis.Redis":
    client = ledger_client(url, 10)
    for one in KEYS:
        client.set(one, "")
    return client


@pytest.mark.parametrize("binary", sorted(binaries()))
def test_a_pass_leaves_no_key_out_where_redis_restarts(binary: str) -> None:
    with (
        running(binaries()[binary], *LASTING) as server,
        filled(server.url) as client,
    ):
        seen = seen_around(client, lambda: _restarted(server))

    assert set(seen) == KEYS


@pytest.mark.parametrize("binary", sorted(binaries()))
def test_a_pass_over_a_sorted_set_leaves_out_none_where_redis_restarts(
    binary: str,
) -> None:
    with (
        running(binaries()[binary], *LASTING) as server,
        ledger_client(server.url, 2) as client,
    ):
        client.zadd("all", dict.fromkeys(KEYS, 1.0))
        cursor, seen = 0, set[str]()
        for step in range(len(KEYS)):
            if step == 3:
                _restarted(server)
            asked = ("ZSCAN", "all", cursor, "COUNT", STEP)
            cursor, found = scan_step(client, asked, {})
            seen |= {text(one) for one, _ in found}
            if not cursor:
                break

    assert seen == KEYS


@pytest.mark.parametrize("binary", sorted(binaries()))
def test_a_pass_over_a_server_that_stays_is_made_once(binary: str) -> None:
    with running(binaries()[binary]) as server, filled(server.url) as client:
        seen = seen_around(client, lambda: None)

    assert sorted(seen) == sorted(KEYS)


@pytest.mark.long
@pytest.mark.parametrize("binary", sorted(binaries()))
def test_a_pass_leaves_no_key_out_where_sentinels_name_another_primary(
    binary: str, tmp_path: Path
) -> None:
    with watched(binaries()[binary], tmp_path) as group, filled(group.url) as client:
        group.await_replicas()
        until("replicas have all", lambda: _has_all(group.servers))

        seen = seen_around(client, group.kill_primary)

    assert set(seen) == KEYS


@pytest.mark.long
def test_a_pass_leaves_no_key_out_where_a_clusters_node_restarts() -> None:
    """It has the address that it had, and a cursor of it means nothing all the same."""
    with running_cluster(options=LASTING) as cluster, filled(cluster.url) as client:
        first = cluster.owner("{06S}")

        seen = seen_around(client, lambda: _rejoined(cluster, first))

    assert set(seen) == KEYS


def _has_all(servers: list[RedisServer]) -> bool:
    return all(one.client().dbsize() == len(KEYS) for one in servers)


def _restarted(server: RedisServer) -> None:
    server.kill()
    server.start()


def _rejoined(cluster: Cluster, server: RedisServer) -> None:
    _restarted(server)
    until("it is up", cluster.is_whole)
