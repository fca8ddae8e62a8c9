"""Goods come back: from the ERP's file to a receiver, and to `waybill explain`."""

import json
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.command import printed
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.two_endpoints import OTHER, publish, with_two
from tests.processes.waiting import until

pytestmark = pytest.mark.processes


def test_a_return_reaches_those_who_want_it_and_is_shown_with_the_order(
    tmp_path: Path,
) -> None:
    (number,) = feed.numbers(0, 1)
    lines = [{"line_number": "000010", "quantity": 2, "part_number": "WC-1"}]
    data = {"order_number": number, "lines": lines}
    file = tmp_path / "returned.json"
    file.write_bytes(feed.event("order.returned", number, data))
    with running_site(tmp_path) as site:
        with_two(site, events=["im::order_invoiced"])
        site.worker("only").started()
        publish(site, (number,))
        until("it is invoiced", lambda: site.partners.applied(RECEIVER))

        printed(site, "publish", str(file))
        until("both are notified of", lambda: len(site.partners.applied(OTHER)) == 2)
        until("all is quiet", lambda: site.ledger.quiet)

        last = site.partners.deliveries(OTHER)[-1]
        story = printed(site, "explain", number)
        kept = json.loads(printed(site, "explain", number, "--json"))["returns"]
        assert len(site.partners.applied(RECEIVER)) == 1
    assert last.verified
    assert last.statuses == ("im::order_returned", "IM::returned")
    assert "line 10: 2 returned" in story
    assert kept == [{"line": "10", "quantity": "2"}]
