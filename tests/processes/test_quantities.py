"""Lines that split, move among open states and come back, on real workers."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sandbox.partners.westcon.orders import OrderLine, steps_of
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

(NUMBER,) = feed.numbers(0, 1)
LOOKS: dict[str, Any] = {"WESTCON__POLL_MIN": "0.1", "WESTCON__POLL_MAX": "0.1"}

#: Event type, line status, requested, shipped and back-ordered quantity of a line.
Row = tuple[str, str, str, str, str]


def lived(
    site: Site, parts: Sequence[str], *snapshots: tuple[str, ...]
) -> list[list[Row]]:
    """Let one line live through these snapshots; each notification's lines.

    Args:
        site: with a worker.
        parts: quantities of the rows that may be there.
        snapshots: a status for each row, "" where it is not there.
    """
    lines = [OrderLine("10", quantity=quantity) for quantity in parts]
    site.partners.orders.put(NUMBER, lines, plan=steps_of(snapshots, "polls"))
    feed.publish(site.redis.url, [NUMBER])
    until("the watch has ended", lambda: site.ledger.quiet)
    return [rows(json.loads(one.body)) for one in site.partners.deliveries(RECEIVER)]


def rows(body: dict[str, Any]) -> list[Row]:
    return [
        (
            resource["eventType"],
            line["lineStatus"],
            line["requestedQuantity"],
            line.get("shippedQuantity", ""),
            line.get("backorderedQuantity", ""),
        )
        for resource in body["resource"]
        for line in resource["lines"]
    ]


def test_a_split_line_is_notified_as_one_line_with_all_its_quantities(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path, **LOOKS) as site:
        site.worker("worker").started()

        notified = lived(
            site,
            ("5", "2", "3"),
            ("BOR", "", ""),
            ("", "SHI", "BOR"),
            ("", "SHI", "SHI"),
            ("INV", "", ""),
        )

    assert notified == [
        [("im::order_backordered", "IM::backordered", "5", "", "5")],
        [("im::order_shipped", "IM::shipped", "5", "2", "3")],
        [("im::order_shipped", "IM::shipped", "5", "5", "0")],
        [("im::order_invoiced", "IM::invoiced", "5", "5", "")],
    ]


def test_moves_among_open_states_and_a_rejection_taken_back_are_notified(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path, **LOOKS) as site:
        site.worker("worker").started()

        notified = lived(
            site,
            ("5", "2", "3"),
            ("SCH", "", ""),
            ("BOR", "", ""),
            ("HLD", "", ""),
            ("", "REJ", "HLD"),
            ("", "SCH", "SCH"),
            ("INV", "", ""),
        )

    assert notified == [
        [("im::order_backordered", "IM::backordered", "5", "", "5")],
        [("im::order_hold", "IM::hold", "5", "", "0")],
        [("im::order_voided", "IM::voided", "5", "", "")],
        [("im::updated", "IM::open", "5", "", "")],
        [("im::order_invoiced", "IM::invoiced", "5", "5", "")],
    ]


def test_a_line_of_which_less_is_ordered_ends_its_watch_after_a_second_look(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path, **LOOKS) as site:
        site.worker("worker").started()

        notified = lived(site, ("2", "3"), ("INV", "BOR"), ("INV", ""), ("INV", ""))
        polls = site.partners.journal.count("westcon.order_status")

    assert notified == [
        [
            ("im::order_backordered", "IM::backordered", "5", "2", "3"),
            ("im::order_invoiced", "IM::invoiced", "5", "2", "3"),
        ],
        [("im::updated", "IM::invoiced", "2", "2", "0")],
    ]
    assert polls >= 3
