"""An installation whose ledger is on a Redis Cluster, and its hints elsewhere."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.processes import feed
from tests.processes.ledger_servers import PARTITIONS, OnCluster
from tests.processes.site import PERSISTENT, Site, binary, running_site
from tests.redis_clusters import Cluster, running_cluster
from tests.redis_servers import running
from workers.ledger.stream.streams import Names, publish, streams_of
from workers.redis.clients import ledger_client


@contextmanager
def running_on_cluster(
    folder: Path,
    *,
    replicas: bool = False,
    options: tuple[str, ...] = PERSISTENT,
    certificate: Path | None = None,
) -> Iterator[tuple[Site, Cluster]]:
    """Run a site whose ledger is on three primaries; its own Redis has the hints.

    Nothing waits for replicas.

    Args:
        folder: for logs.
        replicas: whether each primary has one.
        options: of every redis-server of the cluster.
        certificate: with which they speak TLS, if they do.
    """
    with (
        running_cluster(
            replicas=replicas, options=options, certificate=certificate
        ) as cluster,
        running(binary("")) as broker,
        running_site(folder, on=OnCluster(cluster, broker), DURABILITY="none") as site,
    ):
        yield site, cluster


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
