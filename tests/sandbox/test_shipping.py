"""Westcon's shipment detail: by order, late, and in every shape that was seen."""

import json
from typing import Any

import pytest

from sandbox.control.client import SandboxControl
from sandbox.http.fault import Fault
from sandbox.partners.westcon.plans import steps_of
from sandbox.partners.westcon.shipping import Parcel, Piece
from sandbox.server import Sandbox
from tests.sandbox.caller import Caller, Reply

ROUTE = "westcon.shipment_detail"
ROWS = {
    "OrderStatus": [{"ERPOrderNumber": "0006000001", "LineStatusCode": "SHI"}],
    "OrderTracking": [{"TrackingNo": "1Z9", "Carrier": "UPS"}],
    "OrderSerialNum": [{"ManufSerialNo": "S1", "MACAddress": "AA:BB"}],
}

TEXT = json.dumps({"mT_OrderTrack_Response": ROWS})


@pytest.fixture(autouse=True)
def shipped(sandbox: Sandbox) -> None:
    sandbox.orders.put("6000001", customer_order="PO-7", plan=steps_of(["SHI"]))
    sandbox.shipments.put("6000001", [Parcel("1Z9")], [Piece("S1", "AA:BB")])


def rows(reply: Reply) -> Any:
    return reply.json()["mT_OrderTrack_Response"]


def test_an_order_has_its_parcels_and_serial_numbers(caller: Caller) -> None:
    assert rows(caller.shipment_detail("6000001")) == ROWS
    assert rows(caller.shipment_detail("0006000001")) == ROWS
    assert rows(caller.shipment_detail("PO-7", orderType="C")) == ROWS


def test_only_what_is_asked_for_is_answered(caller: Caller) -> None:
    reply = caller.shipment_detail("6000001", trackingData="N", serialData="N")

    assert rows(reply) == {"OrderStatus": ROWS["OrderStatus"]}


def test_a_row_names_its_line_only_where_it_was_given(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.shipments.put("6000001", [Parcel("1", line="10")], [Piece("S", line="20")])

    found = rows(caller.shipment_detail("6000001"))

    assert found["OrderTracking"][0]["ERPOrderLineNumber"] == "000010"
    assert found["OrderSerialNum"][0]["ERPOrderLineNumber"] == "000020"


def test_parcels_may_be_late_by_questions(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.shipments.put("6000001", [Parcel("1Z9")], after=2)

    found = [rows(caller.shipment_detail("6000001")) for _ in range(3)]

    assert [len(one["OrderTracking"]) for one in found] == [0, 0, 1]


def test_a_question_does_not_move_an_order_on(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.orders.stepping("6000001", ["SCH", "INV"])

    caller.shipment_detail("6000001")

    state = sandbox.orders.look("6000001")
    assert state is not None
    assert (state.polls, state.statuses) == (0, ("SCH",))


@pytest.mark.parametrize(
    ("number", "key"), [("777", {}), ("6000001", {"partnerKey": "x"})]
)
def test_somebody_elses_order_has_nothing(
    caller: Caller, number: str, key: dict[str, str]
) -> None:
    found = rows(caller.shipment_detail(number, **key))

    assert found["OrderStatus"][0]["LineStatusCode"] == "NAO"
    assert found["OrderTracking"] == []


@pytest.mark.parametrize(
    ("fault", "document"),
    [
        (Fault.no_envelope(), ROWS),
        (
            Fault.single_object(),
            {"mT_OrderTrack_Response": {name: some[0] for name, some in ROWS.items()}},
        ),
        (Fault.json_in_json(), TEXT),
    ],
)
def test_the_reply_comes_in_every_shape(
    sandbox: Sandbox, caller: Caller, fault: Fault, document: object
) -> None:
    sandbox.faults.order(ROUTE, fault)

    assert caller.shipment_detail("6000001").json() == document


def test_keys_may_begin_with_a_small_letter(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.order(ROUTE, Fault.camel_keys())

    (row,) = rows(caller.shipment_detail("6000001"))["orderTracking"]

    assert row == {"trackingNo": "1Z9", "carrier": "UPS"}


@pytest.mark.parametrize("status", [404, 429, 500])
def test_it_fails_for_one_order_alone(
    sandbox: Sandbox, caller: Caller, status: int
) -> None:
    sandbox.orders.final("6000002")
    sandbox.faults.order(ROUTE, Fault.status(status).on("6000001"))

    assert caller.shipment_detail("6000002").status == 200
    assert caller.shipment_detail("6000001").status == status


def test_a_question_without_an_order_is_refused(caller: Caller) -> None:
    reply = caller.shipment_detail("")

    assert (reply.status, reply.body) == (400, b"Missing required fields: ordernumber")


def test_parcels_are_put_from_afar(sandbox: Sandbox, caller: Caller) -> None:
    control = SandboxControl(sandbox.url)

    control.shipments.put("6000001", [Parcel("2", "DHL", "10")], [Piece("S2")], 1)

    assert rows(caller.shipment_detail("6000001"))["OrderTracking"] == []
    found = rows(caller.shipment_detail("6000001"))
    assert found["OrderTracking"][0]["TrackingNo"] == "2"
    assert found["OrderSerialNum"][0]["ManufSerialNo"] == "S2"


def test_an_order_of_another_day_keeps_that_day(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.orders.put("6000009", plan=steps_of(["INV"]), day="20250131")

    (line,) = caller.status(["6000009"]).json()["MT_OrderStatus_Response"]

    assert (line["statusDate"], line["shipDate"]) == ("20250131", "20250131")
