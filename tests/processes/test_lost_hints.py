"""Celery's lists are emptied by hand, or filled with nonsense; no order notices."""

import signal
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from workers.dispatch.queues import QUEUES

pytestmark = pytest.mark.processes


def test_emptied_queues_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    orders = feed.numbers(0, 160)
    with running_site(tmp_path, delay=0.05) as site:
        # Neither can take by itself what the other has queues for.
        site.worker("first", "-Q", "orders").started()
        site.worker("second", "-Q", "westcon,deck,ingram").started()
        feed.publish(site.redis.url, orders)

        for _ in range(6):
            until("a hint waits", lambda: site.hints.delete(*QUEUES))
        accounts = accounted(site, orders)

    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.ambiguous == 0
    assert accounts.dead == 0


def test_a_hint_that_dies_with_a_frozen_worker_is_sent_again(tmp_path: Path) -> None:
    # Celery on Redis pops a message before it writes down who has it.
    orders = feed.numbers(0, 20)
    with running_site(tmp_path) as site:
        stepless = ("--without-intake", "--without-release")
        frozen = site.worker("frozen", "-Q", "orders", *stepless).started()
        site.worker("feeder", "-Q", "westcon,deck,ingram").started()

        published = until_popped(site, frozen, orders)
        frozen.kill()
        site.worker("healthy").started()
        accounts = accounted(site, published)

    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.dead == 0


def until_popped(site: Site, worker: Worker, orders: Sequence[str]) -> Sequence[str]:
    """Freeze a worker that waits for hints, until one goes to it; what was sent.

    Between two of its waits a hint stays in the list; then it is the next order's turn.
    """
    for turn, number in enumerate(orders, start=1):
        worker.send(signal.SIGSTOP)
        before = pushes(site)
        feed.publish(site.redis.url, [number])
        until("the hint is sent", partial(has_pushed, site, before))
        if not site.hints.llen("orders"):
            return orders[:turn]
        worker.send(signal.SIGCONT)
        until("the order is served", lambda: site.ledger.quiet)
    raise AssertionError("no hint ever went to the frozen worker")


def has_pushed(site: Site, before: int) -> bool:
    return pushes(site) > before


def pushes(site: Site) -> int:
    """How many messages were ever put into a list of this Redis."""
    commands = site.hints.info("commandstats")
    return int(commands.get("cmdstat_lpush", {"calls": 0})["calls"])


@pytest.mark.parametrize(
    "foreign",
    [
        b"not json",
        pytest.param(b"\xff\xfe", marks=pytest.mark.long),
        pytest.param(b"[1, 2]", marks=pytest.mark.long),
        b'{"task": "orders.receive"}',
    ],
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

        site.hints.rpush("orders", foreign)
        until("it is taken", lambda: not waits(site, foreign))
        if ends(site, worker):
            site.worker("again").started()
        accounts = accounted(site, orders)

    assert accounts.lost == frozenset()
    assert accounts.under_two_ids == frozenset()
    assert accounts.doubled <= accounts.ambiguous
    assert accounts.dead == 0


def waits(site: Site, message: bytes) -> bool:
    return message in site.hints.lrange("orders", 0, -1)


def ends(site: Site, worker: Worker) -> bool:
    """Whether the message has ended the worker; else it reads on."""

    def decided() -> bool:
        return not worker.running or "Trying to re-establish" in worker.output()

    until("the worker has met the message", decided)
    return until("it ends or goes on", lambda: not worker.running or site.ledger.quiet)
