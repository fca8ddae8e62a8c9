"""A receiver that refuses everything costs few notifications, and no other anything."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.two_endpoints import OTHER, applied, publish, with_two
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes

ORDERS = 200
THREADS = 32
MOST = 50


def lines(site: Site, event: str) -> list[dict[str, Any]]:
    """What all workers have logged of one event."""
    logs = [child.output().splitlines() for child in site.children.values()]
    found = [line for log in logs for line in log if f'"{event}"' in line]
    return [json.loads(line) for line in found]


def test_a_receiver_that_refuses_everything_is_disabled_after_fifty(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    orders = feed.numbers(0, ORDERS)
    with running_site(tmp_path, LOG_FORMAT="json") as site:
        waybill = Terminal(with_two(site).settings)
        site.worker("only", "-c", str(THREADS)).started()
        site.partners.receivers.behave(RECEIVER, status=400)

        publish(site, orders)
        until("globex has all", lambda: applied(site, OTHER) == ORDERS)
        until("all of acme's wait or are dead", lambda: _settled(site, waybill))
        seen, dead = waybill.json("endpoints", "list")[0], len(site.ledger.letters())
        reasons = waybill.json("status")["reasons"]
        site.partners.receivers.behave(RECEIVER, status=200)
        waybill("endpoints", "enable", RECEIVER)
        until("acme has the rest", lambda: applied(site, RECEIVER) == ORDERS - dead)
        warned = lines(site, "endpoint_disabled")

    record_property("dead_letters", dead)
    # Those that were in the middle of a call when the fiftieth was answered, until each
    # partition had heard of it.
    assert MOST <= dead < MOST + THREADS * min(site.servers.partitions, 3)
    row, why = seen["why"].split(maxsplit=1)
    # Of several threads that come to the end of the row at once one disables it.
    assert MOST <= int(row) <= dead
    assert why == "notifications in a row were given up, the last with http_400"
    assert not seen["enabled"]
    disabled = [one for one in reasons if "ingram/acme is disabled" in one]
    assert any(seen["why"] in one for one in disabled)
    assert [(one["level"], one["endpoint"]) for one in warned] == [("warning", "acme")]


def _settled(site: Site, waybill: Terminal) -> bool:
    seen = waybill.json("endpoints", "list")[0]
    return bool(seen["waiting"] + len(site.ledger.letters()) == ORDERS)


def test_a_breaker_that_shuts_and_opens_leaves_a_line_in_one_workers_log(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 60)
    wishes: dict[str, Any] = {"INGRAM__BREAKER_SECONDS": "1", "LOG_FORMAT": "json"}
    with running_site(tmp_path, **wishes) as site:
        with_two(site)
        for name in ("first", "second"):
            site.worker(name).started()
        site.partners.faults.order(
            f"receiver.{RECEIVER}", Fault.status(503), times=None
        )

        publish(site, orders)
        until("the gate has closed", lambda: lines(site, "gate_closed"))
        until("globex has all", lambda: applied(site, OTHER) == len(orders))
        site.partners.faults.clear()
        until("acme has all", lambda: applied(site, RECEIVER) == len(orders))
        until("that is reported", lambda: lines(site, "gate_opened"))
        closed, opened = lines(site, "gate_closed"), lines(site, "gate_opened")

    assert [one["destination"] for one in closed] == ["ingram/acme"]
    assert (closed[0]["level"], closed[0]["code"]) == ("warning", "http_503")
    assert [one["destination"] for one in opened] == ["ingram/acme"]
