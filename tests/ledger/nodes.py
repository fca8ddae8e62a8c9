"""Servers of a test's Redis: one, or all primaries of a Cluster."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from workers.redis.cluster.client import ClusterClient

#: Commands of whoever looks, and of servers among themselves.
BESIDE = ("config", "script", "client", "cluster", "info", "ping", "psync", "replconf")


def nodes(client: redis.Redis) -> list[redis.Redis]:
    return client.each() if isinstance(client, ClusterClient) else [client]


def configure(client: redis.Redis, name: str, value: int) -> None:
    """Set it on each of them."""
    for one in nodes(client):
        one.config_set(name, value)


def total(client: redis.Redis, section: str, name: str) -> int:
    """What a figure of INFO comes to on all of them."""
    return sum(int(one.info(section).get(name, 0)) for one in nodes(client))


def calls(client: redis.Redis) -> Counter[str]:
    """How often each command was run so far, those inside scripts among them."""
    found: Counter[str] = Counter()
    for one in nodes(client):
        for name, stats in one.info("commandstats").items():
            command = name.removeprefix("cmdstat_")
            if not command.startswith(BESIDE):
                found[command] += stats["calls"]
    return found


@contextmanager
def small_nodes(client: redis.Redis) -> Iterator[None]:
    """Have it trim every entry of a stream that it may, not whole nodes of them."""
    configure(client, "stream-node-max-entries", 1)
    yield
    configure(client, "stream-node-max-entries", 100)  # what Redis comes with
