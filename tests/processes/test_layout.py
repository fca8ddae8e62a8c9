"""Workers follow the ledger's number of partitions, whatever their settings say."""

import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from workers.ledger import keys
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.layout.layout import Layout, Stage, decision, follow, unmoved
from workers.ledger.scripts import Scripts

pytestmark = pytest.mark.processes

WIDTH = 4
WIDENED = Layout(1, 1, WIDTH, 1, Stage.WIDENING, WIDTH)


def widened(site: Site) -> None:
    """Decide that the ledger is to have more partitions."""
    scripts = Scripts(site.ledger.client)
    assert scripts.run(decision(unmoved(1), WIDENED))
    follow(scripts, WIDENED)


def followed(site: Site) -> int:
    """The least version of the layout that a living worker follows; -1 for none."""
    alive = Heartbeats(site.ledger.client).alive()
    return min((one.heartbeat.layout for one in alive), default=-1)


def all_streams(site: Site, orders: Sequence[str]) -> None:
    """Publish an event of each order into the stream of its place among all."""
    for number in orders:
        stream = keys.events(keys.prefix(keys.partition_of(number, WIDTH)))
        site.ledger.client.xadd(stream, {"event": feed.placed(number)})


def starts(worker: Worker) -> int:
    return worker.output().count(" ready.")


def test_a_worker_that_runs_follows_a_wider_ledger_as_the_same_process(
    tmp_path: Path,
) -> None:
    before, after = feed.numbers(0, 4), feed.numbers(4, 12)
    with running_site(tmp_path) as site:
        worker = site.worker("only").started()
        feed.publish(site.redis.url, before)
        accounted(site, before)
        assert followed(site) == 0

        widened(site)
        until("the worker has begun anew", lambda: starts(worker) == 2)
        until("it reports what it follows", lambda: followed(site) == 1)
        all_streams(site, after)
        accounts = accounted(site, (*before, *after))
        [alive] = Heartbeats(site.ledger.client).alive()
        worker.send(signal.SIGTERM)
        code = worker.exit_code()

    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)
    assert alive.heartbeat.pid == worker.pid
    assert code == 0
    assert worker.output().count("layout_wider") == 1
    assert "Traceback" not in worker.output()


@pytest.mark.parametrize("setting", ["1", "8"])
def test_a_worker_of_another_setting_begins_with_the_ledgers_number(
    tmp_path: Path, setting: str
) -> None:
    orders = feed.numbers(0, 12)
    with running_site(tmp_path, PARTITIONS=setting) as site:
        site.ledger.client.set(keys.PARTITIONS, WIDTH)
        worker = site.worker("only").started()
        all_streams(site, orders)

        accounts = accounted(site, orders)
        output = worker.output()

    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)
    assert (starts(worker), output.count("layout_wider")) == (1, 1)


def test_a_worker_that_is_told_to_end_meanwhile_does_not_begin_anew(
    tmp_path: Path,
) -> None:
    # What it has on its hands it ends first, so that there is a while: longer than it
    # takes to see the layout on a busy machine.
    with running_site(tmp_path, delay=12.0) as site:
        worker = site.worker("only", "--pidfile", str(tmp_path / "pid")).started()
        feed.publish(site.redis.url, feed.numbers(0, 100))
        until("it has its hands full", site.ledger.sending)
        widened(site)
        until("it stops", lambda: "layout_wider" in worker.output())

        worker.send(signal.SIGTERM)
        code = worker.exit_code()

    assert (code, starts(worker)) == (0, 1)
    assert not (tmp_path / "pid").exists()
