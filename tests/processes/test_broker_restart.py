"""Redis restarts under a partly busy worker: with kombu's guard, and without."""

from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import ALWAYS, Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from tests.redis_servers import binaries

pytestmark = pytest.mark.processes

#: What Celery logs whenever it has reached its broker.
CONNECTED = "Connected to redis://"
#: The crash needs Redis to go while the worker listens, which is nearly always.
ROUNDS = 8


#: The worker's only queue: messages of the other worker's fill it.
HINTED = ("-Q", "deck", "--without-intake", "--without-release")


def with_messages(site: Site, name: str, app: str = "workers") -> Worker:
    """A worker whose work all comes by message, which is what the crash needs."""
    site.worker("sender", "-Q", "orders,westcon,ingram").started()
    return site.worker(name, *HINTED, app=app).started()


def restarted_under(site: Site, worker: Worker, number: str) -> None:
    """Kill Redis while one thread waits for DECK and the others for hints."""
    links = site.partners.journal.count("deck.link")
    site.partners.faults.order("deck.link", Fault.delay(3.0).on(number))
    feed.publish(site.redis.url, [number])
    until("DECK is asked", lambda: site.partners.journal.count("deck.link") > links)
    connected = worker.output().count(CONNECTED)
    site.redis.kill()
    site.redis.start()
    until(
        "the worker ends or comes back",
        lambda: not worker.running or worker.output().count(CONNECTED) > connected,
    )


@pytest.mark.parametrize("kind", list(binaries()))
def test_a_partly_busy_worker_lives_through_a_restart_of_redis(
    tmp_path: Path, kind: str
) -> None:
    busy, *after = orders = feed.numbers(0, 4)
    with running_site(tmp_path, redis=ALWAYS, kind=kind) as site:
        worker = with_messages(site, "guarded")

        restarted_under(site, worker, busy)
        feed.publish(site.redis.url, after)
        accounts = accounted(site, orders)

        assert worker.running
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.ambiguous == 0


def test_without_the_guard_a_partly_busy_worker_ends(tmp_path: Path) -> None:
    with running_site(tmp_path, redis=ALWAYS) as site:
        worker = with_messages(site, "unguarded", "tests.processes.unguarded_app")

        for number in feed.numbers(0, ROUNDS):
            restarted_under(site, worker, number)
            if not worker.running:
                break

    assert "'hostname'" in worker.output(), (
        f"the unguarded worker lived through {ROUNDS} restarts of Redis: kombu has "
        "mended its Channel.close, and workers/celery_app/kombu_guard.py can go"
    )
    assert worker.exit_code() == 1
