"""Sentinels fail over under load, with and without waiting for replicas: B10."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.figures import Figures, record
from tests.faults.under_fault import LONG, busy, ended, seconds_to_notify, story
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.failing_over import publishing
from tests.processes.site import ALWAYS, Site, binary, running_site
from tests.processes.waiting import until
from tests.sentinel_servers import Watched, watched

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400), pytest.mark.long]

WAIT = "wait:2:2000"


def killed(group: Watched) -> None:
    old = group.kill_primary()
    old.start()
    group.await_replicas()


def replaced(group: Watched) -> None:
    group.fail_over()
    group.await_replicas()


STRIKES: dict[str, Callable[[Watched], None]] = {
    "the primary is killed, a replica takes over": killed,
    "SENTINEL FAILOVER, the old primary stays up": replaced,
}


@pytest.mark.parametrize("durability", ["none", WAIT])
@pytest.mark.parametrize("what", STRIKES)
def test_b10_a_failover_under_load(tmp_path: Path, what: str, durability: str) -> None:
    orders, last = feed.numbers(0, 600), feed.numbers(600, 1)
    with (
        watched(binary(""), tmp_path, *ALWAYS) as group,
        running_site(
            tmp_path, delay=0.1, REDIS_URL=group.url, DURABILITY=durability
        ) as site,
    ):
        site.ledger.client = group.primary.client()
        workers = {name: site.worker(name).started() for name in ("first", "second")}
        with publishing(group.url, orders, 80.0, durability) as accepted:
            busy(site)
            STRIKES[what](group)
            site.ledger.client = group.primary.client()
            recovered = seconds_to_notify(site, last[0], group.url)
        until("all that is known is done", lambda: site.ledger.quiet, LONG)
        lost = unserved(site, accepted)
        # What an ERP publishes again after a failover; all else has come before.
        feed.publish(group.url, lost)
        accounts = accounted(site, (*orders, *last), LONG)
        complaints, left = story(site), ended(workers)
    record(
        Figures(
            "B10",
            f"{what}, WAYBILL_DURABILITY={durability}",
            events=len(orders) + 1,
            kills=int("killed" in what),
            lost=len(lost),
            doubled=accounts.doubled,
            ambiguous=accounts.ambiguous,
            recovered=recovered,
        )
    )
    assert left == (), complaints
    assert accounts.lost == frozenset(), complaints
    if durability == WAIT:
        assert lost == []
        assert accounts.under_two_ids == frozenset()
        assert accounts.doubled <= accounts.ambiguous, complaints


def unserved(site: Site, accepted: list[str]) -> list[str]:
    """The accepted orders of which a partner has heard nothing."""
    notified = {
        one.order_number for one in site.partners.deliveries(RECEIVER) if one.accepted
    }
    linked = {link.order for link in site.partners.links.history()}
    return [order for order in accepted if order not in notified & linked]
