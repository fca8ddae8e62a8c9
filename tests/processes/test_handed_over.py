"""Hints that a worker's own threads take: no message, and the lease as the net."""

import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.test_lost_hints import pushes
from tests.processes.waiting import until
from workers.celery_app.settings import celery_settings

pytestmark = pytest.mark.processes


def is_notified(site: Site, number: str) -> bool:
    return any(one.order_number == number for one in site.partners.deliveries())


def control(site: Site) -> Any:
    """Celery's remote control, as an operator's `celery inspect` has it."""
    app = Celery("tests", set_as_current=False)
    app.conf.update(celery_settings(site.servers.hints.url))
    return app.control


def test_what_a_worker_can_do_itself_needs_no_message(tmp_path: Path) -> None:
    orders = feed.numbers(0, 20)
    with running_site(tmp_path) as site:
        site.worker("only").started()
        stream = feed.stream_at(site.redis.url)

        for number in orders:
            stream.publish(feed.placed(number))
            until("it is served", partial(is_notified, site, number))
        accounts = accounted(site, orders)
        sent = pushes(site)

    assert sent == 0
    assert (accounts.lost, accounts.doubled, accounts.ambiguous) == (frozenset(), 0, 0)


@pytest.mark.parametrize("how", ["rate limit", "queue left", "solo"])
def test_what_celerys_control_keeps_from_it_goes_by_message(
    tmp_path: Path, how: str
) -> None:
    (number,) = feed.numbers(0, 1)
    with running_site(tmp_path) as site:
        site.worker("only", *(("-P", "solo") if how == "solo" else ())).started()
        if how == "rate limit":
            control(site).rate_limit("deck.link", "100/s", reply=True)
        if how == "queue left":
            control(site).cancel_consumer("deck", reply=True)
        before = pushes(site)

        feed.publish(site.redis.url, [number])
        until("it is notified", lambda: site.partners.applied(RECEIVER))
        until("a message is sent", lambda: pushes(site) > before)
        if how == "queue left":
            assert not site.partners.links.history()
            control(site).add_consumer("deck", reply=True)
        accounts = accounted(site, [number])

    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)


def test_celery_shows_it_as_an_active_task(tmp_path: Path) -> None:
    (number,) = feed.numbers(0, 1)
    with running_site(tmp_path) as site:
        site.worker("only").started()
        site.partners.receivers.behave(RECEIVER, delay=3.0)
        feed.publish(site.redis.url, [number])
        until("it waits for the answer", site.partners.deliveries)

        (tasks,) = control(site).inspect().active().values()
        accounts = accounted(site, [number])

    (task,) = [one for one in tasks if one["name"] == "ingram.notify"]
    assert task["args"][0] == f"ingram/{RECEIVER}"
    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)


def test_a_worker_that_stops_ends_what_its_threads_have_begun(tmp_path: Path) -> None:
    (number,) = feed.numbers(0, 1)
    with running_site(tmp_path, LEASE="600") as site:
        worker = site.worker("only").started()
        site.partners.receivers.behave(RECEIVER, delay=2.0)
        feed.publish(site.redis.url, [number])
        until("the link has arrived", site.partners.links.history)
        until("it is sent", lambda: len(site.ledger.sending("delivery:")) == 1)
        until("it waits for the answer", site.partners.deliveries)

        worker.send(signal.SIGTERM)
        code = worker.exit_code()
        accounts = accounted(site, [number])
        sent = pushes(site)

    assert (code, sent) == (0, 0)
    assert (accounts.lost, accounts.ambiguous) == (frozenset(), 0)


def test_what_a_killed_workers_threads_had_comes_again(tmp_path: Path) -> None:
    orders = feed.numbers(0, 6)
    with running_site(tmp_path, LEASE="1.5", DEADLINE="1") as site:
        site.partners.receivers.behave(RECEIVER, delay=0.7)
        worker = site.worker("first").started()
        feed.publish(site.redis.url, orders)
        until("it is sent", lambda: site.ledger.sending("delivery:"))

        worker.kill()
        sent = pushes(site)
        site.partners.receivers.behave(RECEIVER)
        site.worker("second").started()
        accounts = accounted(site, orders)

    # What is read partition by partition takes more threads than there are.
    assert sent == 0 or site.servers.partitions > 1
    assert accounts.lost == frozenset()
    assert accounts.doubled <= accounts.ambiguous
