"""Two orders of the ERP under one purchase order, on real workers."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.partners.westcon.plans import OrderLine, steps_of
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes

PACE: dict[str, Any] = {
    "WESTCON__POLL_MIN": "0.2",
    "WESTCON__POLL_MAX": "0.5",
    "WESTCON__SHIPMENT_DETAIL": "false",
}
SHIPPED = steps_of(("SHI",))


def place(site: Site, number: str, time: str, part: str = "") -> None:
    line = {"line_number": "1", "quantity": 2, "part_number": part}
    data = {"order_number": number, "purchase_order": "STOCK"}
    lines = {"lines": [line]} if part else {}
    placed = json.loads(feed.event("order.placed", number, data | lines))
    feed.stream_at(site.redis.url).publish(json.dumps(placed | {"time": time}).encode())


def known(site: Site, number: str, part: str, day: str = "") -> None:
    """Westcon has an order under the purchase order."""
    line = OrderLine(quantity="2", product=part)
    site.partners.orders.put(number, [line], "STOCK", SHIPPED, *([day] if day else []))


def notified(site: Site) -> dict[str, set[str]]:
    """Westcon's orders of which receivers were notified, by the ERP's order."""
    found: dict[str, set[str]] = {}
    for one in site.partners.deliveries(RECEIVER):
        for resource in json.loads(one.body)["resource"]:
            numbers = {line["subOrderNumber"] for line in resource["lines"]}
            found.setdefault(resource["orderNumber"], set()).update(numbers)
    return found


def test_each_is_notified_of_what_its_lines_fit(tmp_path: Path) -> None:
    with running_site(tmp_path, **PACE) as site:
        now = "2026-11-20T10:00:00Z"
        place(site, "SO-1", now, "A-1")
        place(site, "SO-2", now, "B-1")
        known(site, "7001", "B-1")
        known(site, "7002", "A-1")
        site.worker("one").started()
        site.worker("two").started()

        until("both are notified", lambda: len(notified(site)) > 1)

        assert notified(site) == {"SO-1": {"7002"}, "SO-2": {"7001"}}


def test_each_is_notified_of_what_its_days_allow(tmp_path: Path) -> None:
    with running_site(tmp_path, **PACE) as site:
        place(site, "SO-1", "2026-10-01T10:00:00Z")
        place(site, "SO-2", "2026-11-01T10:00:00Z")
        known(site, "7001", "A-1", "20261005")
        site.worker("one").started()
        until("the older is notified", lambda: notified(site))

        known(site, "7002", "A-1", "20261102")
        until("the newer is notified", lambda: len(notified(site)) > 1)

        assert notified(site) == {"SO-1": {"7001"}, "SO-2": {"7002"}}


def test_what_nothing_tells_apart_waits_for_a_person(tmp_path: Path) -> None:
    with running_site(tmp_path, **PACE) as site:
        waybill = Terminal(site.settings)
        now = "2026-11-20T10:00:00Z"
        place(site, "SO-1", now)
        place(site, "SO-2", now)
        known(site, "7001", "A-1")
        site.worker("one").started()
        site.worker("two").started()
        until("both have asked", lambda: len(letters(waybill)) > 1)
        reasons = [one["reason"] for one in letters(waybill)]
        assert all("waybill orders assign ORDER 7001" in one for one in reasons)
        assert notified(site) == {}

        assert waybill("orders", "assign", "SO-2", "7001").exit_code == 0

        until("it is notified", lambda: notified(site))
        until("nobody asks any more", lambda: letters(waybill) == [])
        assert notified(site) == {"SO-2": {"7001"}}
        story = waybill("explain", "SO-1").stdout
    assert "Westcon's order 7001 is set aside: it is order SO-2's" in story


def letters(waybill: Terminal) -> list[dict[str, str]]:
    found: list[dict[str, str]] = waybill.json("dead-letters", "list")
    return found
