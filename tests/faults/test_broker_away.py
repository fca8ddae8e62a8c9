"""Redis stops answering for a while, or is gone: B1, B2, B3."""

import time
from pathlib import Path

import pytest

from tests.faults.under_fault import keep, under_fault
from tests.processes import feed
from tests.processes.ledger_servers import fails_over
from tests.processes.pages import problems
from tests.processes.site import ALWAYS, Site, running_site
from tests.processes.worker import Worker

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

#: A lease that outlasts the shorter outages, so that a repeat would be a defect.
LEASE, DEADLINE = "30", "10"


def outage(seconds: float) -> None:
    """The fault itself lasts so long; nothing is waited for."""
    time.sleep(seconds)


def paused(site: Site, seconds: float) -> None:
    with site.redis.client() as client:
        client.client_pause(int(seconds * 1000), all=True)
    outage(seconds)


def stopped(site: Site, seconds: float) -> None:
    site.redis.kill()
    outage(seconds)
    site.redis.start()


@pytest.mark.long
def test_b1_a_redis_that_pauses_eight_seconds_costs_nothing(tmp_path: Path) -> None:
    orders = feed.numbers(0, 150)
    with running_site(tmp_path, delay=0.1, LEASE=LEASE, DEADLINE=DEADLINE) as site:
        cost = under_fault(site, orders, lambda: paused(site, 8.0))

    keep("B1", "Redis pauses all clients for 8 s", orders, cost)
    assert cost.accounts.doubled == 0 or fails_over(), cost.story


@pytest.mark.long
@pytest.mark.parametrize("seconds", [3.0, 20.0])
def test_b2_a_redis_that_is_gone_and_comes_back_costs_nothing(
    tmp_path: Path, seconds: float
) -> None:
    orders = feed.numbers(0, 250)
    with running_site(
        tmp_path, redis=ALWAYS, delay=0.1, LEASE=LEASE, DEADLINE=DEADLINE
    ) as site:
        cost = under_fault(site, orders, lambda: stopped(site, seconds))

    keep("B2", f"Redis is gone for {seconds:g} s", orders, cost)
    assert cost.accounts.doubled == 0 or fails_over(), cost.story


@pytest.mark.long
def test_b2_an_outage_beyond_all_patience_loses_nothing(tmp_path: Path) -> None:
    # The ledger's client sends again for half a minute, then the outcome of a call is
    # given up; so longer outages differ from this one in nothing but their length.
    orders = feed.numbers(0, 100)
    with running_site(tmp_path, redis=ALWAYS, delay=0.1) as site:
        cost = under_fault(site, orders, lambda: stopped(site, 45.0), per_second=0)

    keep("B2", "Redis is gone for 45 s", orders, cost)


@pytest.mark.long
@pytest.mark.parametrize("seconds", [15.0, 30.0])
def test_b3_a_frozen_redis_is_reported_by_the_health_page_and_loses_nothing(
    tmp_path: Path, seconds: float
) -> None:
    orders = feed.numbers(0, 100)
    notified: list[dict[str, str]] = []
    with running_site(tmp_path, delay=0.1, LEASE=LEASE, DEADLINE=DEADLINE) as site:

        def strike() -> None:
            ends = time.monotonic() + seconds
            with site.redis.frozen():
                notified.append(problems(_first(site)))
                outage(ends - time.monotonic())

        cost = under_fault(site, orders, strike, per_second=0)

    keep("B3", f"Redis is frozen for {seconds:g} s", orders, cost)
    assert "does not answer" in notified[0]["redis"]


def _first(site: Site) -> Worker:
    worker = site.children["first-0"]
    assert isinstance(worker, Worker)
    return worker
