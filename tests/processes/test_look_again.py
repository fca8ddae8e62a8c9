"""The ERP places an order again while Westcon's last answer about it is on its way."""

import json
from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

ROUTE = "westcon.order_status"


def placed_again(number: str) -> bytes:
    event = json.loads(feed.placed(number))
    return json.dumps(event | {"id": "again", "time": "2026-01-02T03:05:06Z"}).encode()


def notifications(site: Site) -> int:
    return len(site.partners.applied(RECEIVER))


def test_a_line_ordered_while_the_last_answer_is_on_its_way_is_notified(
    tmp_path: Path,
) -> None:
    (number,) = feed.numbers(0, 1)
    with running_site(tmp_path, LEASE="60", DEADLINE="50") as site:
        site.worker("only").started()
        site.partners.faults.order(ROUTE, Fault.delay(3.0), times=1)
        feed.publish(site.redis.url, (number,))
        until("it is asked", lambda: site.partners.journal.count(ROUTE))

        # The answer with one invoiced line has been made, and is held back.
        site.partners.orders.final(number, n_lines=2)
        feed.stream_at(site.redis.url).publish(placed_again(number))
        until("the event is in", lambda: site.ledger.count("admitted") == 2)
        assert site.ledger.sending("watch:") == [f"watch:westcon:{number}"]

        until("both lines are notified", lambda: notifications(site) == 2)
        ref = f"watch:westcon:{number}"
        until("it ends", lambda: site.ledger.field(ref, "state") == "ended")
        assert site.partners.journal.count(ROUTE) == 2
