"""Celery's lists are emptied by hand, or filled with nonsense; no order notices."""

from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import Site, Worker, running_site
from tests.processes.waiting import until
from workers.celery_settings import QUEUES

pytestmark = pytest.mark.processes


def test_emptied_queues_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    orders = feed.numbers(0, 300)
    with running_site(tmp_path, delay=0.05) as site:
        site.worker("first").started()
        site.worker("second").started()
        feed.publish(site.redis.url, orders)

        for _ in range(6):
            until("a hint waits", lambda: site.ledger.client.delete(*QUEUES))
        accounts = accounted(site, orders)

    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.ambiguous == 0


@pytest.mark.parametrize(
    "foreign", [b"not json", b"\xff\xfe", b"[1, 2]", b'{"task": "orders.receive"}']
)
def test_a_foreign_push_into_a_celery_list_costs_a_worker_at_most(
    tmp_path: Path, foreign: bytes
) -> None:
    # On Celery and kombu 5.7.0 what is no JSON object ends the worker that takes
    # it, and an object without `properties` costs it one reconnection. Either way
    # the message is gone, and so are the hints that the worker held.
    orders = feed.numbers(0, 40)
    with running_site(tmp_path, delay=0.2) as site:
        worker = site.worker("only").started()
        feed.publish(site.redis.url, orders)
        until("it is in calls", site.ledger.sending)

        site.ledger.client.rpush("orders", foreign)
        until("it is taken", lambda: not waits(site, foreign))
        if ends(site, worker):
            site.worker("again").started()
        accounts = accounted(site, orders)

    assert accounts.clean


def waits(site: Site, message: bytes) -> bool:
    return message in site.ledger.client.lrange("orders", 0, -1)


def ends(site: Site, worker: Worker) -> bool:
    """Whether the message has ended the worker; else it reads on."""

    def decided() -> bool:
        return not worker.running or "Trying to re-establish" in worker.said()

    until("the worker has met the message", decided)
    return until("it ends or goes on", lambda: not worker.running or site.ledger.quiet)
