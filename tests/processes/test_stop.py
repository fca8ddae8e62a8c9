"""Workers are asked to stop under load: a rolling deployment costs nothing."""

import signal
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker

pytestmark = pytest.mark.processes

DEADLINE = 4.0
THREADS = 8


def stopped(site: Site, worker: Worker, busy: int) -> int:
    """Ask it to stop once so many deliveries are under way; its exit code."""
    until("it is busy", lambda: len(site.ledger.sending("delivery:")) > busy)
    worker.send(signal.SIGTERM)
    return worker.exit_code(DEADLINE + 15)


def test_a_rolling_restart_under_load_costs_nothing(tmp_path: Path) -> None:
    orders = feed.numbers(0, 400)
    with running_site(tmp_path, delay=0.1) as site:
        workers = [site.worker("first").started(), site.worker("second").started()]

        with feed.publishing(site.redis.url, orders, per_second=100):
            codes = [stopped(site, workers[0], THREADS)]
            third = site.worker("third").started()
            codes.append(stopped(site, workers[1], THREADS))
            codes.append(stopped(site, third, THREADS // 2))
            left = site.ledger.sending()
            site.worker("fourth").started()
            site.worker("fifth").started()
        accounts = accounted(site, orders)

    assert codes == [0, 0, 0]
    assert left == []
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.ambiguous == 0
    assert accounts.dead == 0
