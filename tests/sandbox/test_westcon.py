from typing import Any

import pytest

from sandbox.partners.westcon.plans import OrderLine, steps_of
from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from tests.sandbox.caller import Caller


def test_a_line_has_the_oddities_of_westcons(sandbox: Sandbox, caller: Caller) -> None:
    lines = [OrderLine(number="10", product="SKU-9", quantity="2")]
    sandbox.orders.put("6012345", lines, customer_order="PO-1")

    line = caller.status(["6012345"]).json()["MT_OrderStatus_Response"][0]

    day = line.pop("statusDate")
    assert len(day) == 8
    assert day.isdigit()
    assert line == {
        "eRPOrderNumber": "0006012345",
        "eRPOrderLineNumber": "000010",
        "customerOrderNumber": "PO-1",
        "customerLineNumber": "",
        "eRPProductNumber": "SKU-9",
        "lineQuantity": "         2.000",
        "unitOfMeasure": "EA",
        "lineStatusCode": "SCH",
        "lineStatusDescription": "Scheduled",
        "shipDate": "",
        "billingDocument": "",
        "parentERPLine": "000000",
    }


def test_an_invoiced_line_has_a_ship_date_and_a_document(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.orders.final("6012345", n_lines=2)

    reported = caller.status(["6012345"]).json()["MT_OrderStatus_Response"]

    assert [line["eRPOrderLineNumber"] for line in reported] == ["000010", "000020"]
    assert {line["lineStatusCode"] for line in reported} == {"INV"}
    assert all(line["shipDate"] == line["statusDate"] for line in reported)
    assert {line["billingDocument"] for line in reported} == {"9006012345"}


def test_an_unknown_order_is_one_line_and_not_an_error(caller: Caller) -> None:
    reply = caller.status(["777"])

    (line,) = reply.json()["MT_OrderStatus_Response"]
    assert reply.status == 200
    assert line["lineStatusCode"] == "NAO"
    assert line["lineStatusDescription"] == "Not Authentic Order"
    assert line["eRPOrderNumber"] == "0000000777"


def test_a_partner_key_of_somebody_else_finds_no_order(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.orders.final("777")

    (line,) = caller.status(["777"], partnerKey="0" * 32).json()[
        "MT_OrderStatus_Response"
    ]

    assert line["lineStatusCode"] == "NAO"


def test_a_customers_number_finds_all_its_orders(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.orders.final("1", customer_order="PO-1")
    sandbox.orders.final("2", customer_order="PO-1")

    reported = caller.status(["PO-1"], orderType="C").json()["MT_OrderStatus_Response"]

    assert [line["eRPOrderNumber"] for line in reported] == ["0000000001", "0000000002"]


@pytest.mark.parametrize(
    "orders", [["7"], [{"orderNumber": "7"}], {"orderNumber": "7"}]
)
def test_orders_may_be_texts_or_objects(
    sandbox: Sandbox, caller: Caller, orders: object
) -> None:
    sandbox.orders.final("7")

    (line,) = caller.status(orders).json()["MT_OrderStatus_Response"]

    assert line["lineStatusCode"] == "INV"


def test_the_eleventh_order_is_dropped_without_a_word(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.orders.answer_all(["INV"])

    reported = caller.status([str(n) for n in range(1, 13)]).json()

    answered = {line["eRPOrderNumber"] for line in reported["MT_OrderStatus_Response"]}
    assert answered == {str(n).zfill(10) for n in range(1, 11)}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"partnerKey": ""}, "Missing required fields: partnerkey"),
        ({"orderType": None}, "Missing required fields: ordertype"),
        ({"orderType": "X"}, "Invalid value for field: ordertype"),
        ({"language": ""}, "Missing required fields: language"),
        ({"order": []}, "Missing required fields: order"),
        ({"order": [1]}, "Missing required fields: order"),
    ],
)
def test_an_incomplete_request_is_refused_in_plain_text(
    caller: Caller, changes: dict[str, Any], text: str
) -> None:
    headers = caller.westcon_headers()

    reply = caller.status(["1"], headers=headers, **changes)

    assert (reply.status, reply.body.decode()) == (400, text)


@pytest.mark.parametrize(
    "body", ["", "[]", '{"MT_OrderStatus_API_REQ":{}}', "[" * 100_000]
)
def test_a_body_without_the_wrapper_is_refused(caller: Caller, body: str) -> None:
    headers = caller.westcon_headers()

    reply = caller.send("POST", "/westcon/Orders/orderStatus", body, headers)

    assert reply.status == 400
    assert reply.body == b"Missing required fields: mt_orderstatus_api_req"


@pytest.mark.parametrize(
    ("header", "value", "message"),
    [
        ("Ocp-Apim-Subscription-Key", None, "due to missing subscription key"),
        ("Ocp-Apim-Subscription-Key", "wrong", "due to invalid subscription key"),
        ("Authorization", None, "Access token is missing or invalid"),
        ("Authorization", "Bearer wrong", "Access token is missing or invalid"),
    ],
)
def test_the_gateway_states_which_credential_is_wrong(
    caller: Caller, header: str, value: str | None, message: str
) -> None:
    headers = caller.westcon_headers()
    headers.pop(header)
    if value is not None:
        headers[header] = value

    reply = caller.status(["1"], headers=headers)

    assert reply.status == 401
    assert reply.json()["statusCode"] == 401
    assert message in reply.json()["message"]


def test_a_token_ends_with_its_lifetime() -> None:
    with Sandbox(SandboxSettings(token_lifetime=0.0)) as sandbox:
        caller = Caller(sandbox.port)

        reply = caller.status(["1"])

        caller.close()
    assert reply.status == 401


def test_a_revoked_token_is_refused(sandbox: Sandbox, caller: Caller) -> None:
    headers = caller.westcon_headers()
    sandbox.revoke_tokens()

    reply = caller.status(["1"], headers=headers)

    assert reply.status == 401


def test_a_token_of_ingrams_is_worth_nothing(caller: Caller) -> None:
    headers = caller.westcon_headers()
    headers["Authorization"] = f"Bearer {caller.ingram_token()}"

    reply = caller.status(["1"], headers=headers)

    assert reply.status == 401


def reported(caller: Caller, number: str) -> list[tuple[str, str, str]]:
    lines = caller.status([number]).json()["MT_OrderStatus_Response"]
    return [
        (line["eRPOrderLineNumber"], line["lineStatusCode"], line["lineQuantity"])
        for line in lines
    ]


def test_lines_come_and_go_and_split(sandbox: Sandbox, caller: Caller) -> None:
    parts = [OrderLine("10", quantity=each) for each in ("5", "3", "2")]
    snapshots = [("SCH", "", "", "INC"), ("", "SHI", "SCH", "")]
    plan = steps_of(snapshots, "polls")
    sandbox.orders.put("1", [*parts, OrderLine("20")], plan=plan)

    assert reported(caller, "1") == [
        ("000010", "SCH", f"{5:14.3f}"),
        ("000020", "INC", f"{1:14.3f}"),
    ]
    assert reported(caller, "1") == [
        ("000010", "SHI", f"{3:14.3f}"),
        ("000010", "SCH", f"{2:14.3f}"),
    ]


def test_a_known_order_may_have_no_lines(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.orders.stepping("1", [""])

    assert reported(caller, "1") == []
