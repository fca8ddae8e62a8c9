"""An endpoint that wants no more is disabled; nothing is lost: H12."""

from pathlib import Path
from typing import Any

import pytest

from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.two_endpoints import OTHER, applied, publish, with_two
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes

THREADS = 8


def listed(waybill: Terminal) -> Any:
    """What the command shows of acme."""
    return waybill.json("endpoints", "list")[0]


def test_h12_a_410_parks_an_endpoint_until_it_is_enabled_and_holds_up_no_other(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 40)
    with running_site(tmp_path) as site:
        waybill = Terminal(with_two(site).settings)
        site.worker("only").started()
        site.partners.receivers.behave(RECEIVER, status=410)

        publish(site, orders[:20])
        until("acme is disabled", lambda: waybill("endpoints", "list").exit_code == 1)
        publish(site, orders[20:])
        until("globex has all", lambda: applied(site, OTHER) == 40)
        until("all of acme's wait", lambda: listed(waybill)["waiting"] == 40)

        asked, seen = len(site.partners.deliveries(RECEIVER)), listed(waybill)
        dead = site.ledger.letters()
        site.partners.receivers.behave(RECEIVER, status=200)
        notified = waybill("endpoints", "enable", RECEIVER).stdout
        until("acme has all", lambda: applied(site, RECEIVER) == 40)

    record(Figures("H12", "410 Gone, then enabled by hand", len(orders)))
    # Those that were in the middle of a call when the first was answered.
    assert 1 <= asked <= THREADS
    assert (seen["enabled"], seen["why"]) == (False, "acme answered 410")
    assert dead == {}
    assert notified == "acme is enabled; 40 waited for it.\n"
