"""An endpoint's own limit of calls, over all workers and partitions."""

from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.ledger_servers import PARTITIONS
from tests.processes.ledger_view import LedgerView
from tests.processes.site import Site, running_site
from tests.processes.two_endpoints import OTHER, applied, publish, with_two
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

MOST = 3


def test_no_more_calls_are_under_way_than_an_endpoint_allows_over_all_workers(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path, LEASE="60", DEADLINE="50") as site:
        as_many_hang_as_are_allowed(site)


def test_the_limit_of_an_endpoint_is_of_all_partitions_together(tmp_path: Path) -> None:
    several = str(PARTITIONS)
    with running_site(tmp_path, LEASE="60", DEADLINE="50", PARTITIONS=several) as site:
        as_many_hang_as_are_allowed(site)


def as_many_hang_as_are_allowed(site: Site) -> None:
    orders = feed.numbers(0, 40)
    with_two(site, max_leased=MOST)
    site.partners.faults.order(f"receiver.{RECEIVER}", Fault.delay(120), times=None)
    for name in ("first", "second"):
        site.worker(name).started()

    publish(site, orders)
    until("the other has all", lambda: applied(site, OTHER) == len(orders))
    until("acme hangs", lambda: len(site.ledger.sending("delivery:")) == MOST)

    asked = site.partners.journal.count(f"receiver.{RECEIVER}")
    ledger = LedgerView(site.ledger.client, PARTITIONS)
    waiting = ledger.waiting(f"ingram/{RECEIVER}")
    assert asked <= MOST
    assert waiting == len(orders) - MOST
