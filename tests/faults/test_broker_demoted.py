"""Redis fails over under load, and the old primary stays up as a replica: B10."""

from pathlib import Path

import pytest

from tests.faults.proxy import Proxy
from tests.faults.under_fault import keep, under_fault
from tests.processes import feed
from tests.processes.failing_over import fail_over, follow, lead_through
from tests.processes.site import PERSISTENT, running_site
from tests.redis_servers import running

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300), pytest.mark.long]


def test_b10_a_primary_that_becomes_a_replica_costs_nothing(tmp_path: Path) -> None:
    orders = feed.numbers(0, 500)
    with (
        running_site(tmp_path, delay=0.1) as site,
        running(site.redis.binary, *PERSISTENT) as second,
        Proxy(site.redis.port) as proxy,
    ):
        follow(second, site.redis)
        lead_through(site, proxy)

        def strike() -> None:
            fail_over(site.redis, second)
            site.ledger.client = second.client()
            proxy.lead_to(second.port)

        url = site.settings["WAYBILL_REDIS_URL"]
        cost = under_fault(site, orders, strike, per_second=40.0, erp=url)

    keep("B10", "the primary becomes a replica and stays up", orders, cost)
