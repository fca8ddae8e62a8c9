"""The primary is demoted and stays up; its clients keep their connections."""

from pathlib import Path

import pytest

from tests.faults.proxy import Proxy
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.pages import problems
from tests.processes.site import PERSISTENT, Site, running_site
from tests.processes.waiting import until
from tests.redis_servers import RedisServer, running

pytestmark = pytest.mark.processes


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


def test_all_orders_are_served_after_the_address_leads_to_another_primary(
    tmp_path: Path,
) -> None:
    before, after = feed.numbers(0, 20), feed.numbers(20, 20)
    with (
        running_site(tmp_path) as site,
        running(site.redis.binary, *PERSISTENT) as second,
        Proxy(site.redis.port) as proxy,
    ):
        follow(second, site.redis)
        lead_through(site, proxy)
        workers = [
            site.worker("all").started(),
            site.worker("sends", "--without-intake").started(),
        ]
        address = f"redis://127.0.0.1:{proxy.port}/0"
        feed.publish(address, before)
        until("work is under way", site.ledger.sending)

        fail_over(site.redis, second)
        for worker in workers:
            until("it is not ready", lambda of=worker: problems(of))
        proxy.lead_to(second.port)
        feed.publish(address, after)

        site.ledger.client = second.client()
        accounts = accounted(site, before + after)
        for worker in workers:
            until("it is ready", lambda of=worker: not problems(of))
            assert worker.running
            assert "primary_lost" in worker.said()
    assert (accounts.lost, accounts.under_two_ids) == (frozenset(), frozenset())
    assert accounts.doubled <= accounts.ambiguous
