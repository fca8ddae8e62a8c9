"""A partner that hangs until the deadline holds up its own work only."""

from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tasks.concurrency import SHARE
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

THREADS = 8
#: What one destination may take of them.
MOST = int(THREADS * SHARE)

GATE = "wb:gate:deck"


def hung(site: Site, orders: int) -> None:
    """Publish orders whose links DECK never answers, and wait until it hangs."""
    site.worker("only").started()
    site.partners.faults.order("deck.link", Fault.delay(120.0), times=None)
    feed.publish(site.redis.url, feed.numbers(0, orders))
    busy = min(orders, MOST)
    until("DECK hangs", lambda: site.partners.journal.count("deck.link") >= busy)


def delivered(site: Site, orders: tuple[str, ...]) -> None:
    """Publish orders without a customer, and wait until all are notified."""
    stream = feed.stream_at(site.redis.url)
    for number in orders:
        stream.publish(feed.placed(number, customer=False))
    until("the others are delivered", lambda: notified(site) >= set(orders))


def notified(site: Site) -> set[str]:
    found = site.partners.deliveries(RECEIVER)
    return {one.order_number for one in found if one.accepted}


def test_a_partner_that_hangs_leaves_threads_to_the_others(tmp_path: Path) -> None:
    with running_site(tmp_path, LEASE="60", DEADLINE="50") as site:
        hung(site, 5 * THREADS)

        delivered(site, feed.numbers(1000, 20))

        hanging = site.ledger.sending("delivery:")
        asked = site.partners.journal.count("deck.link")
    assert len(hanging) == MOST
    assert asked == MOST


def test_a_partner_that_hangs_is_left_alone_after_a_deadline(tmp_path: Path) -> None:
    with running_site(tmp_path, LEASE="3", DEADLINE="2") as site:
        hung(site, 5 * THREADS)

        until("the breaker opens", lambda: site.ledger.client.hget(GATE, "open"))

        asked = site.partners.journal.count("deck.link")
        waiting = site.ledger.waiting("deck")
    assert asked < 5 * THREADS
    assert waiting > 0
