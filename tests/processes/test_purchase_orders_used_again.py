"""A purchase order that stands for several of Westcon's orders, on a real worker."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.control.client import RemoteJournal
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


def test_an_order_that_is_split_off_late_is_notified_and_ends_the_watch(
    tmp_path: Path,
) -> None:
    lines = [{"line_number": "1", "quantity": 5}, {"line_number": "2", "quantity": 2}]
    placed = feed.event(
        "order.placed",
        "SO-1",
        {"order_number": "SO-1", "purchase_order": "PO-7", "lines": lines},
    )
    shipped = steps_of(("SHI",))
    pace: dict[str, Any] = {"POLL_MIN": "0.1", "POLL_MAX": "0.5"}
    settings = {f"WESTCON__{name}": value for name, value in pace.items()}
    with running_site(tmp_path, **settings) as site:
        orders, journal = site.partners.orders, site.partners.journal
        orders.put("7001", [OrderLine(quantity="5")], "PO-7", shipped)
        site.worker("only").started()
        feed.stream_at(site.redis.url).publish(placed)
        until("it is asked for by number", lambda: asked(journal, "7001"))

        orders.put("7002", [OrderLine(quantity="2")], "PO-7", shipped)
        until("both are notified", lambda: len(site.partners.deliveries(RECEIVER)) > 1)
        orders.put("7001", [OrderLine(quantity="5")], "PO-7", INVOICED)
        orders.put("7002", [OrderLine(quantity="2")], "PO-7", INVOICED)
        until("the watch has ended", lambda: site.ledger.quiet)
        first, second, *_ = site.partners.deliveries(RECEIVER)
    assert b"7001" in first.body
    assert (b"7002" in second.body, b"7001" in second.body) == (True, False)


def asked(journal: RemoteJournal, number: str) -> bool:
    """Whether Westcon was asked for this number, of either type."""
    return any(number in str(one.facts["orders"]) for one in journal.entries(ROUTE))
