"""Purchase orders that look alike, asked for in one call by a real worker."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.http.fault import Fault
from sandbox.partners.westcon.orders import OrderLine, steps_of
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("pair", [("0045001", "45001"), ("po-77a", "PO-77A")])
def test_each_receiver_is_notified_of_its_own_orders_lines_alone(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    erps, westcons = feed.numbers(0, 2), feed.numbers(2, 2)
    again: dict[str, Any] = {"QUIET": "1", "POLL_MIN": "0.1", "POLL_MAX": "0.5"}
    settings = {f"WESTCON__{name}": value for name, value in again.items()}
    with running_site(tmp_path, **settings) as site:
        orders, plan = site.partners.orders, steps_of(("INV",))
        for westcon, purchase_order, line in zip(westcons, pair, "12", strict=True):
            orders.put(westcon, [OrderLine(line)], purchase_order, plan)
        # Westcon's index takes them for the same, as SAP's may.
        folded = Fault.folded()
        site.partners.faults.order("westcon.order_status", folded, times=None)
        stream = feed.stream_at(site.redis.url)
        for number, purchase_order in zip(erps, pair, strict=True):
            data = {"order_number": number, "purchase_order": purchase_order}
            stream.publish(feed.event("order.placed", number, data))
        site.worker("worker").started()

        until("both watches have ended", lambda: site.ledger.quiet)
        arrived = site.partners.deliveries(RECEIVER)

    notified = {
        one.order_number: [
            line["LineNumber"]
            for resource in json.loads(one.body)["resource"]
            for line in resource["lines"]
        ]
        for one in arrived
    }
    assert notified == {erps[0]: ["1"], erps[1]: ["2"]}
