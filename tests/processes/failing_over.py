"""A replica beside a site's Redis, which takes its place while the old one stays up."""

from tests.faults.proxy import Proxy
from tests.processes.site import Site
from tests.processes.waiting import until
from tests.redis_servers import RedisServer


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
