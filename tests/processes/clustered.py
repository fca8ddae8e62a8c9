"""An installation whose ledger is on a Redis Cluster, and its hints elsewhere."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.processes import feed
from tests.processes.ledger_view import LedgerView
from tests.processes.site import PERSISTENT, Site, binary, running_site
from tests.redis_clusters import Cluster, running_cluster
from tests.redis_servers import running
from workers.ledger import keys
from workers.ledger.claims import busy
from workers.ledger.scripts import Scripts
from workers.ledger.stream.streams import Names, publish, streams_of, views_of
from workers.redis.answers import text
from workers.redis.clients import ledger_client

PARTITIONS = 8


class ClusterView(LedgerView):
    """All partitions of a ledger on a cluster, read from outside."""

    def __init__(self, client: "redis.Redis", partitions: int) -> None:
        super().__init__(client)
        self._roots = [keys.prefix(n) for n in range(partitions)]
        self._names = Names("orders:events", "waybill", partitions, is_apart=True)
        self._partitions = partitions

    def count(self, name: str) -> int:
        found = (self.client.hget(keys.counts(root), name) for root in self._roots)
        return sum(int(one or 0) for one in found)

    def letters(self) -> dict[str, tuple[bytes, str]]:
        return {
            text(ref): (b"", text(self.client.hget(root + text(ref), "why")))
            for root in self._roots
            for ref in self.client.zrange(keys.dead(root), 0, -1)
        }

    @property
    def quiet(self) -> bool:
        seen = views_of(self.client, self._names)
        if seen.pending_count() or seen.unread_count():
            return False
        work = busy(Scripts(self.client), self._partitions)
        return not any(one.waiting or one.leased for one in work)

    def picture(self) -> str:
        seen = views_of(self.client, self._names)
        waits = f"{seen.length()} {seen.pending_count()} {seen.unread_count()}"
        return f"{waits} {self.letters()} {self.client.info('server')}"


@contextmanager
def running_on_cluster(
    folder: Path, *, replicas: bool = False, options: tuple[str, ...] = PERSISTENT
) -> Iterator[tuple[Site, Cluster]]:
    """Run a site whose ledger is on three primaries; its own Redis has the hints.

    Args:
        folder: for logs.
        replicas: whether each primary has one.
        options: of every redis-server of the cluster.
    """
    with (
        running_cluster(replicas=replicas, options=options) as cluster,
        running(binary("")) as broker,
        running_site(
            folder,
            REDIS_URL=cluster.url,
            BROKER_URL=broker.url,
            PARTITIONS=str(PARTITIONS),
        ) as site,
    ):
        client = ledger_client(cluster.url, 20)
        site.ledger = ClusterView(client, PARTITIONS)
        yield site, cluster
        client.close()


@contextmanager
def publishing(
    cluster: Cluster, orders: Sequence[str], per_second: float
) -> Iterator[None]:
    """Publish one after the other meanwhile, each until it is accepted."""
    failures: list[Exception] = []

    def run() -> None:
        names = Names("orders:events", "waybill", PARTITIONS, is_apart=True)
        streams = streams_of(ledger_client(cluster.url, 4), names)
        due = time.monotonic()
        try:
            for number in orders:
                publish(streams, feed.placed(number), by_source=False)
                due += 1.0 / per_second
                time.sleep(max(0.0, due - time.monotonic()))
        except Exception as error:  # noqa: BLE001 (reported by the thread that waits)
            failures.append(error)

    thread = threading.Thread(target=run, name="feed", daemon=True)
    thread.start()
    yield
    thread.join(120.0)
    assert not thread.is_alive(), "not every event could be published"
    assert failures == []
