"""Carrier, tracking and serial numbers of what Westcon has shipped."""

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from sandbox.http.fault import Fault
from sandbox.partners.westcon.plans import OrderLine, steps_of
from sandbox.partners.westcon.shipping import Parcel, Piece
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

ROUTE = "westcon.shipment_detail"


def watching(folder: Path, wait: str = "120") -> AbstractContextManager[Site]:
    """A site that looks at its orders every second."""
    return running_site(
        folder,
        WESTCON__POLL_MIN="1",
        WESTCON__POLL_MAX="1",
        WESTCON__SHIPMENT_WAIT=wait,
    )


def shipped(site: Site, number: str) -> None:
    """An order of two pieces that is shipped, until it is moved on."""
    plan = steps_of(["SHI", "INV"], by="hand")
    site.partners.orders.put(number, [OrderLine("10", quantity="2")], plan=plan)
    pieces = [Piece("S-1", "AA:BB"), Piece("S-2")]
    site.partners.shipments.put(number, [Parcel("1Z999", "UPS")], pieces)


def resources(site: Site) -> list[tuple[str, Any]]:
    """Event type and line of each notification, in order."""
    return [
        (resource["eventType"], resource["lines"][0])
        for one in site.partners.deliveries(RECEIVER)
        for resource in json.loads(one.body)["resource"]
    ]


def notified(site: Site, count: int) -> None:
    until("it is notified", lambda: len(resources(site)) == count)


def tracking(line: Any) -> list[str]:
    return [
        package["trackingNumber"]
        for shipment in line.get("shipmentDetails", ())
        for package in shipment.get("packageDetails", ())
    ]


def test_a_shipped_line_is_notified_with_carrier_tracking_and_serial_numbers(
    tmp_path: Path,
) -> None:
    (number,) = feed.numbers(0, 1)
    with watching(tmp_path) as site:
        shipped(site, number)
        site.partners.faults.order(ROUTE, Fault.no_envelope())
        site.worker("only").started()
        feed.publish(site.redis.url, (number,))
        until("it is notified", lambda: resources(site))
        ((event, line),) = resources(site)

        asked = site.partners.journal.count(ROUTE)
        site.partners.orders.advance(number)
        until("it is invoiced", lambda: len(resources(site)) == 2)
        ref = f"order:{number}"
        until("it ends", lambda: site.ledger.field(ref, "state") == "ended")

    (shipment,) = line["shipmentDetails"]
    assert event == "im::order_shipped"
    assert shipment["carrierName"] == "UPS"
    assert tracking(line) == ["1Z999"]
    serials = [one["serialNumber"] for one in line["serialNumberDetails"]]
    assert serials == ["S-1", "S-2"]
    assert "AA:BB" not in json.dumps(line)
    # What has its parcels is not asked for again, nor what is finished.
    assert asked == 1


def test_what_comes_after_the_wait_is_an_update_of_the_line(tmp_path: Path) -> None:
    (number,) = feed.numbers(0, 1)
    with watching(tmp_path, wait="1") as site:
        shipped(site, number)
        site.partners.faults.order(ROUTE, Fault.status(503), times=None)
        site.worker("only").started()
        feed.publish(site.redis.url, (number,))
        until("it is notified", lambda: resources(site))
        site.partners.faults.clear(ROUTE)
        until("it is updated", lambda: len(resources(site)) == 2, seconds=90.0)
        (first, without), (second, line) = resources(site)

    assert (first, tracking(without)) == ("im::order_shipped", [])
    assert (second, tracking(line)) == ("im::updated", ["1Z999"])
    assert line["shippedQuantity"] == "2"


def test_an_interface_that_is_not_included_delays_nothing_and_stands_down(
    tmp_path: Path,
) -> None:
    one, other = feed.numbers(0, 2)
    with watching(tmp_path) as site:
        site.partners.faults.order(ROUTE, Fault.status(404), times=None)
        site.worker("only").started()
        for count, number in enumerate((one, other), 1):
            shipped(site, number)
            feed.publish(site.redis.url, (number,))
            notified(site, count)

        assert site.partners.journal.count(ROUTE) == 1
        assert [tracking(line) for _, line in resources(site)] == [[], []]


def test_a_worker_that_dies_while_shipped_quantity_waits_loses_nothing(
    tmp_path: Path,
) -> None:
    (number,) = feed.numbers(0, 1)
    with watching(tmp_path) as site:
        shipped(site, number)
        site.partners.faults.order(ROUTE, Fault.status(503), times=3)
        victim = site.worker("victim").started()
        feed.publish(site.redis.url, (number,))
        until("it is asked", lambda: site.partners.journal.count(ROUTE))
        victim.kill()
        assert resources(site) == []
        site.worker("other").started()
        until("it is notified", lambda: resources(site), seconds=90.0)
        ((event, line),) = resources(site)

    assert (event, tracking(line)) == ("im::order_shipped", ["1Z999"])


def test_a_line_of_which_more_is_shipped_is_asked_for_again(tmp_path: Path) -> None:
    (number,) = feed.numbers(0, 1)
    plan = steps_of([("SHI", "SCH"), ("SHI", "SHI")], by="hand")
    lines = [OrderLine("10", quantity="2"), OrderLine("10", quantity="3")]
    with watching(tmp_path) as site:
        site.partners.orders.put(number, lines, plan=plan)
        site.partners.shipments.put(number, [Parcel("1Z-1", "UPS")], [])
        site.worker("only").started()
        feed.publish(site.redis.url, (number,))
        notified(site, 1)
        asked = site.partners.journal.count(ROUTE)

        site.partners.shipments.put(
            number, [Parcel("1Z-1", "UPS"), Parcel("1Z-2", "UPS")], []
        )
        site.partners.orders.advance(number)
        notified(site, 2)
        (_, first), (event, line) = resources(site)
        again = site.partners.journal.count(ROUTE)

    assert (first["shippedQuantity"], tracking(first)) == ("2", ["1Z-1"])
    assert event == "im::order_shipped"
    assert (line["shippedQuantity"], sorted(tracking(line))) == ("5", ["1Z-1", "1Z-2"])
    assert again > asked
