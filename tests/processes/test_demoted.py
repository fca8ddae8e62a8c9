"""The primary is demoted and stays up; its clients keep their connections."""

from functools import partial
from pathlib import Path

import pytest

from tests.faults.proxy import Proxy
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.failing_over import fail_over, follow, lead_through
from tests.processes.pages import problems
from tests.processes.site import PERSISTENT, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from tests.redis_servers import running

pytestmark = pytest.mark.processes


def ready(worker: Worker) -> bool:
    return not problems(worker)


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
            until("it is not ready", partial(problems, worker))
        proxy.lead_to(second.port)
        feed.publish(address, after)

        site.ledger.client = second.client()
        accounts = accounted(site, before + after)
        for worker in workers:
            until("it is ready", partial(ready, worker))
            assert worker.running
            assert "primary_lost" in worker.output()
    assert (accounts.lost, accounts.under_two_ids) == (frozenset(), frozenset())
    assert accounts.doubled <= accounts.ambiguous
