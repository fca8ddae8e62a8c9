"""Workers are asked to stop under load: a rolling deployment costs nothing."""

import base64
import json
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest
from celery import Celery

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from workers.celery_app.settings import celery_settings

pytestmark = pytest.mark.processes

DEADLINE = 4.0
THREADS = 8

#: Notifications that one message hints at.
HINTED = 10


def stopped(site: Site, worker: Worker, orders: Sequence[str], busy: int) -> int:
    """Ask it to stop once so many deliveries of these are under way; its exit code."""
    feed.publish(site.redis.url, orders)
    until("it is busy", lambda: len(site.ledger.sending("delivery:")) > busy)
    worker.send(signal.SIGTERM)
    return worker.exit_code(DEADLINE + 15)


def test_a_rolling_restart_under_load_costs_nothing(tmp_path: Path) -> None:
    orders = feed.numbers(0, 300)
    with running_site(tmp_path, delay=0.1) as site:
        workers = [site.worker("first").started(), site.worker("second").started()]

        codes = [stopped(site, workers[0], orders[:100], THREADS)]
        third = site.worker("third").started()
        codes.append(stopped(site, workers[1], orders[100:200], THREADS))
        codes.append(stopped(site, third, orders[200:], THREADS // 2))
        left = site.ledger.sending()
        site.worker("fourth").started()
        accounts = accounted(site, orders)

    assert codes == [0, 0, 0]
    assert left == []
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.ambiguous == 0
    assert accounts.dead == 0


def hinted(site: Site) -> list[str]:
    """The notifications that Celery's messages hint at."""
    messages = site.hints.lrange("ingram", 0, -1)
    bodies = [base64.b64decode(json.loads(one)["body"]) for one in messages]
    return [claim for body in bodies for claim in json.loads(body)[0][2]]


def in_one_message(site: Site, claims: list[str]) -> None:
    """Have one message hint at all, as is usual where a receiver is quick."""
    site.hints.delete("ingram")
    app = Celery("tests", set_as_current=False)
    app.conf.update(celery_settings(site.servers.hints.url))
    app.send_task("ingram.notify", args=[f"ingram/{RECEIVER}", 0, claims])


def test_what_a_stopped_worker_had_not_begun_is_done_by_the_next(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, HINTED)
    # Nothing comes back by itself within the test: a lease ends after it.
    with running_site(tmp_path, LEASE="600") as site:
        if site.servers.partitions > 1:
            pytest.skip("a message hints at items of one partition")
        site.partners.receivers.behave(RECEIVER, delay=0.3)
        feed.publish(site.redis.url, orders)
        reader = site.worker("reader", "-c", "1", "-Q", "orders,westcon,deck")
        until("all are hinted at", lambda: len(hinted(site)) == HINTED)
        reader.send(signal.SIGTERM)
        reader.exit_code()
        in_one_message(site, hinted(site))

        alone = ("-c", "1", "-Q", "ingram", "--without-release", "--without-intake")
        worker = site.worker("stopped", *alone).started()
        until("it is in a call", lambda: site.partners.applied(RECEIVER))
        worker.send(signal.SIGTERM)
        code, made = worker.exit_code(), len(site.partners.applied(RECEIVER))
        site.partners.receivers.behave(RECEIVER)
        site.worker("next").started()
        accounts = accounted(site, orders)

    assert code == 0
    assert made < HINTED
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.ambiguous == 0
