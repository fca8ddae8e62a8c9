"""Real workers whose ledger is on a Redis Cluster of three primaries."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.clustered import publishing, running_on_cluster
from tests.processes.command import printed
from tests.processes.environ import RECEIVER
from tests.processes.ledger_servers import PARTITIONS
from tests.processes.site import Site
from tests.processes.waiting import until
from workers.ledger import keys

pytestmark = pytest.mark.processes

log = logging.getLogger(__name__)


def test_orders_go_their_whole_way_on_a_cluster(tmp_path: Path) -> None:
    orders = feed.numbers(0, 16)
    with running_on_cluster(tmp_path) as (site, cluster):
        file = tmp_path / "events.ndjson"
        file.write_bytes(b"".join(feed.placed(number) + b"\n" for number in orders))
        printed(site, "publish", str(file))
        site.worker("first").started()

        accounts = accounted(site, orders)
        status = printed(site, "status", "--json")
        story = printed(site, "explain", orders[0])
        printed(site, "doctor")

        owners = {
            cluster.owner(keys.prefix(partition)).port
            for partition in range(PARTITIONS)
        }
        assert len(owners) == 3
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.dead == 0
    assert '"length": 0' in status or '"pending": 0' in status
    assert orders[0] in story


@pytest.mark.long
def test_a_primary_that_is_killed_under_load_loses_no_order(tmp_path: Path) -> None:
    """Its replica takes its place; what was not replicated yet is noted, not hidden."""
    orders = feed.numbers(0, 400)
    with running_on_cluster(tmp_path, replicas=True) as (site, cluster):
        workers = [site.worker(name) for name in ("first", "second")]
        for worker in workers:
            worker.started()
        with publishing(cluster, orders, per_second=40):
            until("some are served", lambda: len(_applied(site)) > 60)
            victim = cluster.owner(keys.prefix(0))
            victim.kill()
            until(
                "a replica has its slots",
                lambda: cluster.owner(keys.prefix(0)) is not victim,
            )
            served = len(_applied(site))
            until("work goes on", lambda: len(_applied(site)) > served + 60)

        accounts = accounted(site, orders, seconds=180)
        log.warning("failover: %s", accounts)

        assert all(worker.running for worker in workers)
    assert accounts.lost == frozenset()
    assert accounts.dead == 0


@pytest.mark.long
def test_slots_that_move_under_load_lose_nothing_and_tell_nothing_twice(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 400)
    with running_on_cluster(tmp_path) as (site, cluster):
        workers = [site.worker(name) for name in ("first", "second")]
        for worker in workers:
            worker.started()
        moved = 0
        with publishing(cluster, orders, per_second=40):
            until("some are served", lambda: len(_applied(site)) > 40)
            for partition in range(PARTITIONS):
                root = keys.prefix(partition)
                source = cluster.owner(root)
                at = cluster.primaries.index(source)
                target = cluster.primaries[(at + 1) % len(cluster.primaries)]
                moved += cluster.move(root, target, seconds=0.5)

        accounts = accounted(site, orders, seconds=180)
        log.warning("resharding: %s keys, %s", moved, accounts)

        assert moved > 100
        assert all(worker.running for worker in workers)
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.under_two_ids == frozenset()
    assert accounts.dead == 0


def _applied(site: Site) -> Sequence[object]:
    return site.partners.applied(RECEIVER)
