"""What a site's ledger is on: one Redis, a Redis Cluster, or a Redis behind sentinels.

LEDGER names it for all sites of a run, as in `LEDGER=cluster make test`; without it
there is one Redis. On the other two, events and starts of calls wait for a replica.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from tests.processes.waiting import until
from tests.redis_clusters import Cluster, running_cluster
from tests.redis_servers import RedisServer, running
from tests.sentinel_servers import SERVICE, Watched, watched
from workers.ledger import keys

#: The variable that names the kind, and that which wants a failover in each story.
LEDGER, FAILOVER = "LEDGER", "FAILOVER"

#: Of a ledger on a Cluster: they fall on all of its primaries.
PARTITIONS = 8

#: A server that lives is hardly ever silent for so long. Primaries of a Cluster let one
#: replica take over in twice that time.
LONG_SILENCE_MS = 5_000

#: Every replica there is of a server.
DURABILITY = {"WAYBILL_DURABILITY": "wait:1:500"}


class Kind(StrEnum):
    """What a ledger may be on."""

    REDIS = "redis"
    CLUSTER = "cluster"
    SENTINEL = "sentinel"


def chosen() -> Kind:
    """What the run's sites are to be on."""
    return Kind(os.environ.get(LEDGER) or Kind.REDIS)


def fails_over() -> bool:
    """Whether each story of the run is to have a failover in its middle."""
    return chosen() is not Kind.REDIS and bool(os.environ.get(FAILOVER))


class LedgerServers(Protocol):
    """The servers of one site's ledger.

    Attributes:
        url: under which the ledger is reached.
        hints: that has Celery's lists.
        settings: that workers need there.
        partitions: of the ledger.
    """

    @property
    def url(self) -> str: ...
    @property
    def hints(self) -> RedisServer: ...
    @property
    def settings(self) -> Mapping[str, str]: ...
    @property
    def partitions(self) -> int: ...
    def primary(self) -> RedisServer:
        """Find the server that has the first partition now."""

    def await_replicas(self) -> None:
        """Wait until every server but the primaries follows one."""

    def fail_over(self) -> None:
        """Put a replica in that one's place, and wait until all is well again."""

    def hand_over(self) -> None:
        """The same as an operator does it: nothing dies, and nothing is lost.

        Nobody may write meanwhile.
        """


class OneRedis:
    """A single server, which has the hints too; nothing can take its place."""

    settings: Mapping[str, str] = {}
    partitions = 1

    def __init__(self, server: RedisServer) -> None:
        self.hints = server
        self.url = server.url

    def primary(self) -> RedisServer:
        return self.hints

    def await_replicas(self) -> None:
        """There are none."""

    def fail_over(self) -> None:
        raise AssertionError("one Redis has no replica")

    hand_over = fail_over


class OnCluster:
    """Three primaries, by default with a replica each; the hints are elsewhere."""

    partitions = PARTITIONS

    def __init__(self, cluster: Cluster, hints: RedisServer) -> None:
        self.cluster, self.hints = cluster, hints
        self.url = cluster.url
        self.settings = {
            "WAYBILL_BROKER_URL": hints.url,
            "WAYBILL_PARTITIONS": str(PARTITIONS),
            **(DURABILITY if cluster.replicas else {}),
        }
        for one in cluster.servers:
            one.group = self.url

    def primary(self) -> RedisServer:
        return self.cluster.owner(keys.prefix(0))

    def await_replicas(self) -> None:
        until("each primary has its replica", self.cluster.is_whole)

    def fail_over(self) -> None:
        old = self.primary()
        old.kill()
        until("a replica has its slots", lambda: self.primary() is not old)
        old.start()
        self.await_replicas()

    def hand_over(self) -> None:
        self.cluster.hand_over(keys.prefix(0))


class BehindSentinels:
    """A primary and its replica, and three sentinels; the hints are there too."""

    partitions = 1
    settings = DURABILITY

    def __init__(self, group: Watched) -> None:
        self.group = group
        self.url = group.url
        for one in group.servers:
            one.group = self.url

    @property
    def hints(self) -> RedisServer:
        return self.primary()

    def primary(self) -> RedisServer:
        return self.group.primary

    def await_replicas(self) -> None:
        self.group.await_replicas()

    def fail_over(self) -> None:
        self.group.fail_over()
        self.group.await_replicas()

    def hand_over(self) -> None:
        until("its replica has all of it", self.group.is_copied)
        self.fail_over()


@contextmanager
def running_ledger(
    kind: Kind,
    binary: str,
    folder: Path,
    options: tuple[str, ...],
    *,
    none_dies: bool = False,
) -> Iterator[LedgerServers]:
    """Run the servers of a ledger.

    Args:
        kind: of them.
        binary: of redis-server.
        folder: for the sentinels' files.
        options: of each server that has a part of the ledger.
        none_dies: whether a server that is silent, as on a busy machine, is to keep
            its place: nothing waits for a replica, which would lose the last writes.
    """
    silent = none_dies and LONG_SILENCE_MS
    match kind:
        case Kind.REDIS:
            with running(binary, *options) as server:
                yield OneRedis(server)
        case Kind.CLUSTER:
            if silent:
                options = (*options, "--cluster-node-timeout", str(silent))
            with (
                running_cluster(replicas=True, binary=binary, options=options) as made,
                running(binary) as hints,
            ):
                yield OnCluster(made, hints)
        case Kind.SENTINEL:
            line = f"sentinel down-after-milliseconds {SERVICE} {silent}"
            lines = (line,) if silent else ()
            with watched(
                binary, folder, *options, sentinels=lines, replicas=1
            ) as group:
                yield BehindSentinels(group)
