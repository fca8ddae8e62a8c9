"""A replica beside a site's Redis, which takes its place while the old one stays up."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import redis

from tests.faults.proxy import Proxy
from tests.processes import feed
from tests.processes.site import Site
from tests.processes.waiting import until
from tests.redis_servers import RedisServer
from workers.ledger.stream.reader import Stream
from workers.ledger.stream.streams import Names, streams_of
from workers.redis.clients import ledger_client
from workers.redis.durability import durability_of


def follow(replica: RedisServer, primary: RedisServer) -> None:
    """Make it a replica, and wait until it has all that the primary has."""
    with replica.client() as client:
        client.replicaof("127.0.0.1", primary.port)
        until("it follows", lambda: client.info()["master_link_status"] == "up")


def fail_over(old: RedisServer, new: RedisServer) -> None:
    """Promote the replica as operators do: no write is lost, and `old` stays up."""
    with old.client() as client:
        client.execute_command("FAILOVER", "TO", "127.0.0.1", str(new.port))
        until("it is a replica", lambda: client.info()["role"] == "slave")
        until("it follows", lambda: client.info()["master_link_status"] == "up")


def lead_through(site: Site, proxy: Proxy) -> None:
    """Give workers that start the proxy's address."""
    url = f"redis://127.0.0.1:{proxy.port}/0"
    site.settings = {**site.settings, "WAYBILL_REDIS_URL": url}


@contextmanager
def publishing(
    url: str, orders: Sequence[str], per_second: float, durability: str
) -> Iterator[list[str]]:
    """Publish meanwhile, each until it is accepted; those that are."""
    accepted: list[str] = []
    names = Names("orders:events", "waybill", durability=durability_of(durability))
    stream = streams_of(ledger_client(url, 12), names)
    assert isinstance(stream, Stream)

    def run() -> None:
        for number in orders:
            while not _is_accepted(stream, feed.placed(number)):
                time.sleep(0.1)
            accepted.append(number)
            time.sleep(1 / per_second)

    thread = threading.Thread(target=run, name="feed", daemon=True)
    thread.start()
    yield accepted
    thread.join(120.0)
    assert not thread.is_alive(), "not every event could be published"


def _is_accepted(stream: Stream, event: bytes) -> bool:
    with suppress(redis.RedisError):
        stream.publish(event)
        return True
    return False
