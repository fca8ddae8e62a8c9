"""A purchase order whose number was used before, on a real worker."""

from pathlib import Path

import pytest

from sandbox.partners.westcon.plans import OrderLine, steps_of
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

ROUTE = "westcon.order_status"
INVOICED = steps_of(("INV",))
#: Long before the events of these tests.
LONG_AGO = "20250304"


def test_the_older_order_is_set_aside_and_the_new_one_notified_when_it_appears(
    tmp_path: Path,
) -> None:
    placed = feed.event(
        "order.placed", "SO-1", {"order_number": "SO-1", "purchase_order": "STOCK"}
    )
    with running_site(tmp_path, WESTCON__POLL_MIN="1") as site:
        orders = site.partners.orders
        orders.put("7001", [OrderLine(quantity="7")], "STOCK", INVOICED, LONG_AGO)
        site.worker("only").started()
        feed.stream_at(site.redis.url).publish(placed)
        journal = site.partners.journal
        until("it is looked at twice", lambda: journal.count(ROUTE) >= 2)
        assert site.partners.deliveries(RECEIVER) == ()

        orders.put("7002", [OrderLine(quantity="3")], "STOCK", INVOICED)
        until("it is notified", lambda: site.partners.deliveries(RECEIVER))
        (notified,) = site.partners.deliveries(RECEIVER)
    assert b"7002" in notified.body
    assert b"7001" not in notified.body
