"""Hints over RabbitMQ, which is emptied, killed and frozen; nothing is lost by it."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import amqp
import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import Site, running_site
from tests.processes.test_flower import WORKERS, asked, flower
from tests.processes.waiting import until
from tests.rabbitmq.server import RabbitServer
from tests.waybill.terminal import Terminal
from workers.dispatch.queues import ORDERS, QUEUES
from workers.redis.answers import text

pytestmark = [pytest.mark.processes, pytest.mark.long, pytest.mark.timeout(600)]

#: Where each of Celery's own variables would have hints travel, if it were obeyed.
STRANGERS = dict.fromkeys(
    (
        *("CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL"),
        *("BROKER_URL", "CELERY_BROKER", "CELERY_RESULT_BACKEND", "RESULT_BACKEND"),
    ),
    "amqp://guest:guest@127.0.0.1:1//",
)
PARTNERS = tuple(queue for queue in QUEUES if queue != ORDERS)


@contextmanager
def on(rabbit: RabbitServer, folder: Path) -> Iterator[Site]:
    """A site whose hints travel over RabbitMQ, with its queues empty."""
    for queue in QUEUES:
        if rabbit.waiting(queue) > 0:
            rabbit.purge(queue)
    with running_site(folder, BROKER_URL=rabbit.url) as site:
        site.settings = {**site.settings, **STRANGERS}
        yield site


def pair(site: Site) -> None:
    """Two workers, neither of which can do without messages to the other."""
    site.worker("reader", "-Q", ORDERS).started()
    others = ("-Q", ",".join(PARTNERS), "--without-intake", "--without-release")
    site.worker("caller", *others).started()


def test_hints_travel_over_quorum_queues_and_flower_shows_who_takes_them(
    rabbit: RabbitServer, tmp_path: Path
) -> None:
    orders = feed.numbers(0, 6)
    with on(rabbit, tmp_path) as site:
        pair(site)
        feed.publish(site.redis.url, orders)
        accounts = accounted(site, orders)
        checked = Terminal(site.settings)("doctor", "--offline")
        site.settings = {**site.settings, "WAYBILL_REDIS_URL": site.redis.url}
        port = flower(site, WAYBILL_BROKER_URL=rabbit.url)
        until("both workers", lambda: _both(str(asked(port, WORKERS))))
        logs = [child.output() for child in site.children.values()]
        keys = [text(key) for key in site.ledger.client.keys("*")]

    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)
    assert f"RabbitMQ at amqp://127.0.0.1:{rabbit.port}/%2F answers" in checked.stdout
    assert "guest" not in checked.stdout
    assert [log for log in logs if '"level": "critical"' in log] == []
    assert rabbit.waiting("celery_delayed_0") == -1
    # Nothing of Celery's is in the ledger's Redis.
    assert [key for key in keys if key in QUEUES or key.startswith("_kombu")] == []
    for queue in QUEUES:
        with rabbit.connected() as connection:
            channel = connection.channel()
            with pytest.raises(amqp.PreconditionFailed, match="quorum"):
                channel.queue_declare(queue, durable=True, auto_delete=False)


def _both(shown: str) -> bool:
    return "reader@" in shown and "caller@" in shown


def test_queues_that_are_emptied_lose_no_order(
    rabbit: RabbitServer, tmp_path: Path
) -> None:
    orders = feed.numbers(0, 6)
    with on(rabbit, tmp_path) as site:
        site.worker("reader", "-Q", ORDERS).started()
        feed.publish(site.redis.url, orders)
        until("hints wait", lambda: rabbit.waiting("westcon") > 0)

        made = [queue for queue in PARTNERS if rabbit.waiting(queue) >= 0]
        gone = sum(rabbit.purge(queue) for queue in made)
        others = ("-Q", ",".join(PARTNERS), "--without-intake", "--without-release")
        site.worker("caller", *others).started()
        accounts = accounted(site, orders)

    assert gone > 0
    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)


def test_a_broker_that_is_killed_and_started_again_loses_no_order(
    rabbit: RabbitServer, tmp_path: Path
) -> None:
    before, between, after = (feed.numbers(n, 4) for n in (0, 4, 8))
    with on(rabbit, tmp_path) as site:
        pair(site)
        feed.publish(site.redis.url, before)
        # One that is killed in the moment in which it makes a queue comes back with a
        # queue that answers nobody: RabbitMQ's own fault, and none that this is about.
        time.sleep(8)

        rabbit.kill()
        feed.publish(site.redis.url, between)
        rabbit.start()
        feed.publish(site.redis.url, after)
        accounts = accounted(site, (*before, *between, *after))

        alive = [child.running for child in site.children.values()]
    assert alive == [True, True]
    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)


def test_a_broker_that_is_silent_for_a_while_loses_no_order(
    rabbit: RabbitServer, tmp_path: Path
) -> None:
    """As a network that has failed without a word: connections stay, nothing comes."""
    before, meanwhile = feed.numbers(0, 4), feed.numbers(4, 4)
    with on(rabbit, tmp_path) as site:
        pair(site)
        feed.publish(site.redis.url, before)

        rabbit.send(signal.SIGSTOP)
        try:
            feed.publish(site.redis.url, meanwhile)
            # Longer than two heartbeats, so that the connections are given up.
            time.sleep(20)
        finally:
            rabbit.send(signal.SIGCONT)
        accounts = accounted(site, (*before, *meanwhile))

        alive = [child.running for child in site.children.values()]
    assert alive == [True, True]
    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)


def test_a_broker_that_is_away_at_the_start_is_waited_for(tmp_path: Path) -> None:
    orders = feed.numbers(0, 3)
    away = "amqp://guest:guest@127.0.0.1:1/"
    with running_site(tmp_path, BROKER_URL=away) as site:
        # Its threads need no message for what they can take themselves.
        worker = site.worker("alone")
        port = worker.health_port
        feed.publish(site.redis.url, orders)
        checked = Terminal(site.settings)("doctor", "--offline")
        accounts = accounted(site, orders)

        assert port > 0
        assert worker.running
        assert accounts.lost == frozenset()
    assert "RabbitMQ at amqp://127.0.0.1:1/%2F does not answer" in checked.stdout
    assert "guest" not in checked.output
