"""Workers, the door and the commands on a Redis behind sentinels, which fails over."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import with_room_for_replicas
from tests.processes.failing_over import publishing
from tests.processes.pages import problems
from tests.processes.site import ALWAYS, Site, binary, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from tests.sentinel_servers import Watched, watched
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Watched]:
    with watched(binary(""), tmp_path, *ALWAYS) as made:
        yield made


@pytest.fixture
def site(tmp_path: Path, group: Watched) -> Iterator[Site]:
    """A site whose own Redis is not used: all is behind the sentinels."""
    with running_site(tmp_path, delay=0.1, REDIS_URL=group.url) as site:
        lead_to(site, group)
        yield site


def ready(worker: Worker) -> bool:
    return not problems(worker)


def lead_to(site: Site, group: Watched) -> None:
    """Have the test look at the ledger where it is now."""
    site.ledger.client = group.primary.client()


def test_workers_and_commands_find_the_primary_by_its_sentinels(
    site: Site, group: Watched, tmp_path: Path
) -> None:
    site.worker("all").started()
    orders = feed.numbers(0, 3)
    events = tmp_path / "events.ndjson"
    events.write_bytes(b"\n".join(map(feed.placed, orders)) + b"\n")
    terminal = Terminal(site.settings)

    published = terminal("publish", str(events))

    assert published.exit_code == 0, published.output
    accounts = accounted(site, orders)
    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)
    assert terminal("explain", orders[0]).exit_code == 0
    status = terminal("status")
    assert status.exit_code == 0, status.output
    checks = terminal.json("doctor", "--offline")
    assert not [one for one in checks if one["verdict"] == "wrong"]
    with group.primary.client() as there:
        assert there.xlen("orders:events") + there.dbsize() > 0


@pytest.mark.long
@pytest.mark.parametrize("durability", ["none", "wait:2:2000"])
def test_a_killed_and_a_replaced_primary_end_no_worker(
    site: Site, group: Watched, durability: str
) -> None:
    settings = {**site.settings, "WAYBILL_DURABILITY": durability}
    site.settings = settings | with_room_for_replicas(settings)
    workers = [
        site.worker("all").started(),
        site.worker("sends", "--without-intake").started(),
    ]
    orders = feed.numbers(0, 120)
    with publishing(group.url, orders, 50.0, durability) as accepted:
        until("work is under way", site.ledger.sending)
        killed = group.kill_primary()
        lead_to(site, group)
        until("work goes on", site.ledger.sending)
        killed.start()
        group.await_replicas()
        group.fail_over()
        lead_to(site, group)

    assert set(accepted) == set(orders)
    if durability == "none":
        # As an ERP does after a failover: what had come has no second effect.
        feed.publish(group.url, orders)
    accounts = accounted(site, orders, 90.0)

    for worker in workers:
        until("it is ready", partial(ready, worker))
        assert "step_failed" not in worker.output()
    assert accounts.lost == frozenset()
    assert accounts.under_two_ids == frozenset()
    if durability != "none":
        assert accounts.doubled <= accounts.ambiguous
