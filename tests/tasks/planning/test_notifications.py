"""From transitions to what an endpoint receives, field by field."""

import json
from dataclasses import replace
from typing import Any

import pytest

from serializers.formats.ids import ALPHABET
from serializers.order_record import Line, Order, Shipment
from tasks.planning.lines.transitions import Transition
from tasks.planning.notifications import plan_cancellation, plan_notifications
from tasks.planning.rules import PlanRules
from tasks.planning.statuses import DEFAULT_STATUSES, StatusRule
from tests.defaults import endpoint_rule, plan_rules
from tests.tasks.fakes import RULES, START_MS
from tests.tasks.samples import line, order, transitions

SEEN_AT = "2026-03-01T12:00:00.123Z"
ONE = plan_rules(endpoints={"acme": endpoint_rule()})


def bodies(
    *changes: tuple[str, Line], rules: PlanRules = ONE, of: Order | None = None
) -> list[dict[str, Any]]:
    _, made = plan_notifications(of or order(), transitions(*changes), rules, START_MS)
    return [json.loads(one.payload) for one in made]


def resources(*changes: tuple[str, Line], rules: PlanRules = ONE) -> list[Any]:
    (body,) = bodies(*changes, rules=rules)
    return list(body["resource"])


def test_every_field_comes_from_its_place() -> None:
    placed = order(purchase_order="PO-7", placed_ms=1_772_000_000_000)
    shipped = line("SHI", part="IM-1", vendor_part="V-1", ship_date="2026-02-03")

    (body,) = bodies(("SCH", shipped), of=placed)

    event_id = body.pop("eventId")
    assert len(event_id) == 26
    assert set(event_id) <= set(ALPHABET)
    assert body == {
        "topic": "resellers/orders",
        "event": "im::updated",
        "eventTimeStamp": SEEN_AT,
        "resource": [
            {
                "eventType": "im::order_shipped",
                "orderNumber": "SO-1",
                "customerOrderNumber": "PO-7",
                "orderEntryTimeStamp": "2026-02-25T06:13:20.000Z",
                "lines": [
                    {
                        "LineNumber": "10",
                        "subOrderNumber": "60012345",
                        "lineStatus": "IM::shipped",
                        "ingramPartNumber": "IM-1",
                        "vendorPartNumber": "V-1",
                        "requestedQuantity": "5",
                        "shippedQuantity": "5",
                        "shipmentDetails": [{"shipmentDate": "2026-02-03"}],
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("status", "event", "line_status", "shipped", "backordered"),
    [
        ("HLD", "im::order_hold", "IM::hold", None, None),
        ("BOR", "im::order_backordered", "IM::backordered", None, "5"),
        ("SHI", "im::order_shipped", "IM::shipped", "5", None),
        ("INV", "im::order_invoiced", "IM::invoiced", "5", None),
        ("REJ", "im::order_voided", "IM::voided", None, None),
    ],
)
def test_each_status_has_its_words_and_quantities(
    status: str,
    event: str,
    line_status: str,
    shipped: str | None,
    backordered: str | None,
) -> None:
    (resource,) = resources(("", line(status)))

    (reported,) = resource["lines"]
    assert (resource["eventType"], reported["lineStatus"]) == (event, line_status)
    assert reported["requestedQuantity"] == "5"
    assert reported.get("shippedQuantity") == shipped
    assert reported.get("backorderedQuantity") == backordered


def test_a_notification_has_one_resource_per_event_type_in_rank_order() -> None:
    reported = resources(
        ("", line("REJ", "10")),
        ("", line("SHI", "20")),
        ("", line("INV", "30")),
        ("", line("SHI", "40")),
    )

    assert [
        (one["eventType"], [each["LineNumber"] for each in one["lines"]])
        for one in reported
    ] == [
        ("im::order_shipped", ["20", "40"]),
        ("im::order_invoiced", ["30"]),
        ("im::order_voided", ["10"]),
    ]


def test_statuses_of_different_rank_may_share_one_event_type() -> None:
    late = StatusRule(17, event="im::order_backordered", line_status="IM::late")
    rules = replace(ONE, statuses={**DEFAULT_STATUSES, "BO2": late})

    (resource,) = resources(("", line("BO2")), ("", line("BOR", "20")), rules=rules)

    statuses = [each["lineStatus"] for each in resource["lines"]]
    assert statuses == ["IM::backordered", "IM::late"]


@pytest.mark.parametrize("status", ["SCH", "INC", "QQQ"])
def test_a_status_without_an_event_is_notified_to_nobody(status: str) -> None:
    assert bodies(("", line(status))) == []


def test_an_unknown_status_is_an_update_where_the_settings_want_it() -> None:
    rules = replace(ONE, notify_unknown=True)

    (resource,) = resources(("", line("QQQ")), ("", line("SCH", "20")), rules=rules)

    assert resource["eventType"] == "im::updated"
    assert [each["lineStatus"] for each in resource["lines"]] == ["QQQ"]


def test_every_endpoint_gets_the_same_event_under_its_own_name() -> None:
    _, made = plan_notifications(
        order(), transitions(("", line("SHI"))), RULES, START_MS
    )

    ids = {json.loads(one.payload)["eventId"] for one in made}
    assert len(ids) == 1
    (event_id,) = ids
    assert [(one.id, one.destination) for one in made] == [
        (f"{event_id}.acme", "ingram/acme"),
        (f"{event_id}.bravo", "ingram/bravo"),
    ]


def test_an_order_names_the_endpoints_that_are_notified() -> None:
    changes = transitions(("", line("SHI")))

    def reported(*names: str) -> list[str]:
        named = order(endpoints=names)
        _, made = plan_notifications(named, changes, RULES, START_MS)
        return [one.destination for one in made]

    assert reported("bravo") == ["ingram/bravo"]
    assert reported("nobody", "acme") == ["ingram/nobody", "ingram/acme"]
    assert reported() == []


def test_an_endpoint_is_notified_only_the_events_it_wants() -> None:
    picky = endpoint_rule(events=frozenset({"im::order_invoiced"}))
    rules = plan_rules(endpoints={"acme": picky})

    mixed = resources(("", line("SHI")), ("", line("INV", "20")), rules=rules)

    assert [one["eventType"] for one in mixed] == ["im::order_invoiced"]
    assert bodies(("", line("SHI")), rules=rules) == []


def test_each_endpoint_has_its_own_spelling() -> None:
    rules = plan_rules(endpoints={"acme": endpoint_rule(body="portal")})

    (body,) = bodies(("", line("SHI")), rules=rules)

    assert body["evenTtimeStamp"] == SEEN_AT
    assert body["resource"][0]["lines"][0]["lineNumber"] == "10"


def event_id(number: str, *changes: tuple[str, Line], ms: int = 0) -> str:
    named = order()._replace(number=number)
    _, made = plan_notifications(named, transitions(*changes), ONE, START_MS + ms)
    return made[0].id


def test_an_event_keeps_its_id_whenever_it_is_made() -> None:
    change = ("SCH", line("SHI"))

    assert event_id("SO-1", change) == event_id("SO-1", change, ms=60_000)


def test_another_order_line_stage_quantity_or_open_state_is_another_event() -> None:
    change = ("SCH", line("SHI"))
    again = grown(line("SCH", changes=2), line("BOR"))

    ids = {
        event_id("SO-1", change),
        event_id("SO-2", change),
        event_id("SO-1", ("SCH", line("INV"))),
        event_id("SO-1", ("SCH", line("SHI", "20"))),
        event_id("SO-1", ("SCH", line("SHI", quantity="2"))),
        event_id("SO-1", change, ("", line("BOR", "20"))),
        event_id("SO-1", ("SCH", line("BOR"))),
        plan_notifications(order(), [again], ONE, START_MS)[1][0].id,
    }

    assert len(ids) == 8


def test_a_change_that_concerns_nobody_is_no_part_of_an_id() -> None:
    change = ("SCH", line("SHI"))

    alone = event_id("SO-1", change)

    assert alone == event_id("SO-1", change, ("", line("SCH", "20")))


def cancelled(*lines: Line) -> list[Any]:
    _, (made,) = plan_cancellation(order(lines=lines), ONE, START_MS)
    return list(json.loads(made.payload)["resource"])


def test_a_cancelled_order_voids_its_open_lines() -> None:
    (resource,) = cancelled(line("SCH"), line("INV", "20"), line("SHI", "30"))

    reported = [(each["LineNumber"], each["lineStatus"]) for each in resource["lines"]]
    assert resource["eventType"] == "im::order_voided"
    assert reported == [("10", "IM::voided"), ("30", "IM::voided")]
    assert resource["lines"][1]["shippedQuantity"] == "5"


def test_nobody_is_notified_that_an_order_was_cancelled_after_all_was_invoiced() -> (
    None
):
    lines = (line("INV"), line("REJ", "20"))

    assert plan_cancellation(order(lines=lines), ONE, START_MS)[1] == ()


def test_a_notification_is_never_dated_before_an_earlier_one_of_its_order() -> None:
    of, first = plan_notifications(
        order(), transitions(("", line("BOR"))), ONE, START_MS
    )
    _, second = plan_notifications(
        of, transitions(("BOR", line("SHI"))), ONE, START_MS - 1
    )

    dates = {json.loads(one.payload)["eventTimeStamp"] for one in (*first, *second)}
    assert dates == {SEEN_AT}


def grown(before: Line, now: Line) -> Transition:
    return Transition(before, now._replace(changes=before.changes + 1))


@pytest.mark.parametrize(
    ("before", "now", "event", "line_status"),
    [
        ("SCH", "BOR", "im::order_backordered", "IM::backordered"),
        ("SCH", "HLD", "im::order_hold", "IM::hold"),
        ("REJ", "SCH", "im::updated", "IM::open"),
        ("REJ", "BOR", "im::order_backordered", "IM::backordered"),
        ("BOR", "SCH", "im::updated", "IM::open"),
    ],
)
def test_a_change_among_open_states_is_notified_where_either_has_a_name(
    before: str, now: str, event: str, line_status: str
) -> None:
    _, (made,) = plan_notifications(
        order(), [grown(line(before), line(now))], ONE, START_MS
    )

    (resource,) = json.loads(made.payload)["resource"]
    (reported,) = resource["lines"]
    assert (resource["eventType"], reported["lineStatus"]) == (event, line_status)


def test_what_is_back_ordered_no_more_is_a_nought() -> None:
    (resource,) = resources(("BOR", line("SHI")))

    assert resource["lines"][0]["backorderedQuantity"] == "0"


PARCELS = (
    Shipment(
        "2026-02-03",
        "2",
        "UPS",
        "UP",
        "Reno",
        tracking_numbers=("1Z1",),
        serial_numbers=("S1", "S2"),
        mac_addresses=("AA:BB",),
    ),
    Shipment("2026-02-04", "3", "UPS", tracking_numbers=("1Z2", "1Z3")),
)


def test_each_shipment_has_its_parcels_and_what_is_known_to_be_in_one() -> None:
    (resource,) = resources(("SCH", line("SHI", shipments=PARCELS)))

    (reported,) = resource["lines"]
    assert reported["shipmentDetails"] == [
        {
            "shipmentDate": "2026-02-03",
            "warehouseName": "Reno",
            "carrierCode": "UP",
            "carrierName": "UPS",
            "packageDetails": [{"quantityInbox": "2", "trackingNumber": "1Z1"}],
        },
        {
            "shipmentDate": "2026-02-04",
            "carrierName": "UPS",
            "packageDetails": [{"trackingNumber": "1Z2"}, {"trackingNumber": "1Z3"}],
        },
    ]
    assert reported["serialNumberDetails"] == [
        {"serialNumber": n} for n in ("S1", "S2")
    ]
    assert "AA:BB" not in json.dumps(resource)


@pytest.mark.parametrize("wanted", [True, False])
def test_late_facts_are_an_update_for_the_endpoints_that_want_them(
    *, wanted: bool
) -> None:
    rules = plan_rules(endpoints={"acme": endpoint_rule(late_facts=wanted)})
    late = Transition(line("SHI"), line("SHI", shipments=PARCELS))

    _, made = plan_notifications(order(), [late], rules, START_MS)

    types = [
        each["eventType"] for d in made for each in json.loads(d.payload)["resource"]
    ]
    assert types == ["im::updated"] * wanted


def test_each_late_fact_has_an_id_of_its_own() -> None:
    shipped = line("SHI")
    first, both = (line("SHI", shipments=PARCELS[:n]) for n in (1, 2))

    ids = {
        plan_notifications(order(), [Transition(*pair)], ONE, START_MS)[1][0].id
        for pair in ((shipped, first), (first, both), (shipped, both))
    }

    assert len(ids) == 2


def test_a_cancelled_order_without_lines_is_void_as_a_whole() -> None:
    (resource,) = cancelled()

    assert resource["eventType"] == "im::order_voided"
    assert resource["lines"] == []
