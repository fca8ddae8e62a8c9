"""A partner that refuses everything costs few links, and no order's notifications."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.site import running_site
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes

ORDERS = 200
THREADS = 16
MOST = 50


def test_a_deck_that_refuses_everything_is_paused_after_fifty(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    orders = feed.numbers(0, ORDERS)
    with running_site(tmp_path) as site:
        waybill = Terminal(site.settings)
        site.partners.faults.order("deck.link", Fault.status(403), times=None)
        site.worker("only", "-c", str(THREADS)).started()

        feed.publish(site.redis.url, orders)
        until("deck is paused", lambda: "deck is paused" in waybill("status").stdout)
        last = partial(waybill, "explain", orders[-1])
        until("an order knows", lambda: "until `waybill resume deck`" in last().stdout)
        until("no link is under way", lambda: not site.ledger.sending())
        dead = len(site.ledger.letters())
        site.partners.faults.clear()
        resumed = waybill("resume", "deck", "--reason=they know our key again")
        waybill("dead-letters", "replay", "--destination=deck", "--again")
        until("all are linked", lambda: len(site.partners.links.customers()) == ORDERS)

    record_property("dead_letters", dead)
    # Each thread was in the middle of a call when the fiftieth was answered, or about
    # to begin one until the first of them had paused it.
    assert MOST <= dead <= MOST + 3 * THREADS
    assert resumed.exit_code == 0
