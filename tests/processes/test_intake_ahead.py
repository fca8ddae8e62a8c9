"""A backlog: the intake yields to the deliveries, and everything is notified."""

from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import running_site
from tests.processes.waiting import until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]

#: Without the bound it is about 750 of the 1,500.
MOST = 300

#: A partition's intake reads this many events at once, of which each makes three items.
BATCH = 10

DESTINATIONS = ("westcon", "deck", "ingram/acme")


def test_items_of_a_backlog_wait_in_the_stream_and_not_in_the_ledger(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 500)
    seen: list[int] = []
    with running_site(
        tmp_path, INTAKE_AHEAD="50", INTAKE_BATCH=str(BATCH), RELEASE_SECONDS="0.1"
    ) as site:
        feed.publish(site.redis.url, orders)
        worker = site.worker("only").started()

        def admitted() -> bool:
            seen.append(sum(map(site.ledger.waiting, DESTINATIONS)))
            return site.ledger.count("admitted") == len(orders)

        until("all are admitted", admitted, 120.0)
        accounts = accounted(site, orders, 120.0)
        output = worker.output()

    # An order makes three items; what is read between two looks is admitted later.
    assert max(seen) <= MOST + 3 * BATCH * (site.servers.partitions - 1)
    assert output.count("WAYBILL_INTAKE_AHEAD") >= 1
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
