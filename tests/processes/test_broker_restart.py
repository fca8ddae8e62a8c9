"""Redis restarts under a partly busy worker: with kombu's guard, and without."""

from pathlib import Path

import pytest

from sandbox.fault import Fault
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import ALWAYS, Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from tests.redis_servers import binaries

pytestmark = pytest.mark.processes

BUSY, AFTER = feed.numbers(0, 1), feed.numbers(100, 3)


def restarted_under(site: Site, worker: Worker) -> None:
    """Kill Redis while one thread waits for DECK and the others for hints."""
    worker.started()
    site.partners.faults.order("deck.link", Fault.delay(3.0))
    feed.publish(site.redis.url, BUSY)
    until("DECK is asked", lambda: site.partners.journal.count("deck.link"))
    site.redis.kill()
    site.redis.start()


@pytest.mark.parametrize("kind", list(binaries()))
def test_a_partly_busy_worker_lives_through_a_restart_of_redis(
    tmp_path: Path, kind: str
) -> None:
    with running_site(tmp_path, redis=ALWAYS, kind=kind) as site:
        worker = site.worker("guarded")

        restarted_under(site, worker)
        feed.publish(site.redis.url, AFTER)
        accounts = accounted(site, BUSY + AFTER)

        assert worker.running
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.ambiguous == 0


def test_without_the_guard_a_partly_busy_worker_ends(tmp_path: Path) -> None:
    with running_site(tmp_path, redis=ALWAYS) as site:
        worker = site.worker("unguarded", app="tests.processes.unguarded_app")

        restarted_under(site, worker)

        until(
            "the worker ends without its guard; it lives on, so kombu has mended its "
            "Channel.close and workers/kombu_guard.py can go",
            lambda: not worker.running,
            seconds=30.0,
        )
    assert "AttributeError" in worker.said()
    assert worker.exit_code() != 0
