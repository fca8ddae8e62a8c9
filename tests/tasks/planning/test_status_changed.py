"""`order.status_changed`: what the ERP knows of lines before Westcon reports it."""

import json
from dataclasses import replace

from serializers.events.decode import EventLine
from serializers.order_record import Portion, Shipment
from tasks.ledger_values import Held, WatchMove
from tasks.planning.plan import Plan
from tests.tasks.samples import NUMBER, after, changed, event, line, order


def reported(plan: Plan) -> list[tuple[str, str, str]]:
    """Event type, line number and status, as the first endpoint gets them."""
    return [
        (resource["eventType"], each["LineNumber"], each["lineStatus"])
        for made in plan.deliveries[:1]
        for resource in json.loads(made.payload)["resource"]
        for each in resource["lines"]
    ]


def test_the_given_lines_are_notified_in_one_notification_per_endpoint() -> None:
    (plan,), _ = after(changed(1, "10:SHI", "20:INV", "30:SCH"))

    assert reported(plan) == [
        ("im::order_shipped", "10", "IM::shipped"),
        ("im::order_invoiced", "20", "IM::invoiced"),
    ]
    assert [one.destination for one in plan.deliveries] == [
        "ingram/acme",
        "ingram/bravo",
    ]
    assert plan.watch is WatchMove.LOOK


def test_a_line_is_the_snapshots_line_of_the_same_number() -> None:
    seen = Held(order(lines=(line("SCH"), line("SCH", "20"))), 4)

    (plan,), _ = after(changed(1, "10:SHI"), held=seen)

    assert [(one.key, one.status) for one in plan.order.lines] == [
        (f"{NUMBER}/10", "SHI"),
        (f"{NUMBER}/20", "SCH"),
    ]


def test_a_line_of_a_known_order_gets_the_key_that_westcon_will_use() -> None:
    placed = event("placed", 1, westcon_number="0060012345")

    plans, _ = after(placed, changed(2, "10:SHI"))

    (line,) = plans[1].order.lines
    assert (line.key, line.number, line.sub_order) == (f"{NUMBER}/10", "10", NUMBER)
    assert line.reached == (Portion("SHI", ""),)


def test_a_line_of_an_order_that_nobody_knows_yet_has_no_westcon_number() -> None:
    (plan,), _ = after(changed(1, "10:SHI"))

    (line,) = plan.order.lines
    assert (line.key, line.number, line.sub_order) == ("/10", "10", "")


def test_a_status_that_was_seen_already_is_notified_to_nobody() -> None:
    seen = Held(order(lines=(line("INV"),)), 4)

    (plan,), _ = after(changed(1, "10:SHI"), held=seen)

    assert plan.deliveries == ()
    assert plan.order.changed_ms == seen.order.changed_ms if seen.order else False


def test_the_facts_of_the_event_reach_the_notification() -> None:
    shipped = EventLine("10", "SHI", "2", "V-1", "2026-02-03", "9001")

    (plan,), _ = after(event("status_changed", 1, [shipped]))

    (resource,) = json.loads(plan.deliveries[0].payload)["resource"]
    assert resource["lines"] == [
        {
            "LineNumber": "10",
            "lineStatus": "IM::shipped",
            "vendorPartNumber": "V-1",
            "requestedQuantity": "2",
            "shippedQuantity": "2",
            "shipmentDetails": [{"shipmentDate": "2026-02-03"}],
        }
    ]


def test_an_event_without_a_quantity_is_reported_with_the_one_that_was_seen() -> None:
    seen = Held(order(lines=(line("SCH"),)), 4)

    (plan,), _ = after(changed(1, "10:SHI"), held=seen)

    (resource,) = json.loads(plan.deliveries[0].payload)["resource"]
    assert resource["lines"][0]["shippedQuantity"] == "5"


def test_events_out_of_order_never_take_a_line_back() -> None:
    plans, held = after(changed(2, "10:INV"), changed(1, "10:SHI"))

    assert plans[1].deliveries == ()
    assert held.order is not None
    assert [one.status for one in held.order.lines] == ["INV"]


def test_shipments_that_the_erp_knows_reach_the_notification_also_later() -> None:
    parcel = Shipment(carrier="UPS", tracking_numbers=("1Z1",), serial_numbers=("S1",))
    shipped = EventLine("10", "SHI", "2", ship_date="2026-02-03")
    tracked = replace(shipped, shipments=(parcel,))

    (at_once,), _ = after(event("status_changed", 1, [tracked]))
    (_, late), _ = after(
        event("status_changed", 1, [shipped]), event("status_changed", 2, [tracked])
    )

    first, second = (
        json.loads(plan.deliveries[0].payload)["resource"][0]
        for plan in (at_once, late)
    )
    assert (first["eventType"], second["eventType"]) == (
        "im::order_shipped",
        "im::updated",
    )
    assert first["lines"] == second["lines"]
    assert first["lines"][0]["shipmentDetails"] == [
        {
            "shipmentDate": "2026-02-03",
            "carrierName": "UPS",
            "packageDetails": [{"quantityInbox": "2", "trackingNumber": "1Z1"}],
        }
    ]
    assert first["lines"][0]["serialNumberDetails"] == [{"serialNumber": "S1"}]
