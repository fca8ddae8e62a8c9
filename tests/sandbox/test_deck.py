import json
from datetime import UTC, datetime, timedelta
from http.client import RemoteDisconnected
from urllib.parse import urlencode

import pytest
from lxml import etree

from sandbox import settings
from sandbox.faults import Fault
from sandbox.partners.deck.api import instant, verification_key
from sandbox.partners.deck.links import Link
from sandbox.server import Sandbox
from tests.sandbox.caller import FORM, LINK, Caller, Reply, link_fields, link_xml

JSON = {"Content-Type": "application/json"}
XML = {"Content-Type": "application/xml"}
RESPONSE = "{http://schemas.datacontract.org/2004/07/DECK.Core.Common.Contracts.API}"


def link(caller: Caller, fields: dict[str, str]) -> Reply:
    return caller.send("POST", LINK, json.dumps(fields), JSON)


def reported(reply: Reply) -> dict[str, str | None]:
    root = etree.fromstring(reply.body)
    assert root.tag == f"{RESPONSE}GenericResponse"
    return {str(child.tag).removeprefix(RESPONSE): child.text for child in root}


@pytest.mark.parametrize(
    ("timestamp", "key"),
    [
        (
            "9/2/2024 00:05 AM",
            "C94BDD0746C3769ADDDBEB098843AB992FD186837016F8AC9231DC7B753F9D97",
        ),
        (
            "9/2/2024 15:17 PM",
            "F7907A91DC68942AB1413B445C777831B33C106CBA22769F65460A84347FC72B",
        ),
    ],
)
def test_the_key_is_a_plain_hash_of_path_time_and_api_key(
    timestamp: str, key: str
) -> None:
    assert (
        verification_key("api/OmsOrderLinkAccount", timestamp, "test-site-api-key")
        == key
    )


def test_a_24_hour_time_with_am_or_pm_is_understood() -> None:
    assert instant("9/2/2024 15:17 PM") == datetime(2024, 9, 2, 15, 17, tzinfo=UTC)
    assert instant("12/31/2024 00:05 AM") == datetime(2024, 12, 31, 0, 5, tzinfo=UTC)
    assert instant("yesterday") is None


@pytest.mark.parametrize("content_type", ["application/json", "text/json"])
def test_a_link_in_json_is_made(
    sandbox: Sandbox, caller: Caller, content_type: str
) -> None:
    body = json.dumps(link_fields())

    reply = caller.send("POST", LINK, body, {"Content-Type": content_type})

    answer = reply.json()
    assert (reply.status, answer["ResponseCode"], answer["Message"]) == (
        200,
        0,
        "Success",
    )
    assert len(answer["CorrelationId"]) == 36
    assert sandbox.links.customer("SO-1") == "C-7"


@pytest.mark.parametrize("content_type", ["application/xml", "text/xml; charset=utf-8"])
def test_a_link_in_xml_is_made_and_answered_in_xml(
    sandbox: Sandbox, caller: Caller, content_type: str
) -> None:
    body = link_xml(link_fields())

    reply = caller.send("POST", LINK, body, {"Content-Type": content_type})

    assert reported(reply)["ResponseCode"] == "Success"
    assert [one.format for one in sandbox.links.history("SO-1")] == ["xml"]


def test_a_link_as_a_form_is_made(sandbox: Sandbox, caller: Caller) -> None:
    body = urlencode(link_fields())

    reply = caller.send("POST", LINK, body, {"Content-Type": FORM})

    assert reply.json()["ResponseCode"] == 0
    assert [one.format for one in sandbox.links.history("SO-1")] == ["form"]


def test_the_latest_link_wins_and_the_history_stays(
    sandbox: Sandbox, caller: Caller
) -> None:
    link(caller, link_fields())
    link(caller, link_fields(CustomerID="C-8"))

    history: tuple[Link, ...] = sandbox.links.history("SO-1")
    assert [one.customer for one in history] == ["C-7", "C-8"]
    assert sandbox.links.customers() == {"SO-1": "C-8"}


def test_the_path_is_known_in_any_case(caller: Caller) -> None:
    body = json.dumps(link_fields())

    reply = caller.send("POST", "/deck/api/OmsOrderLinkAccount", body, JSON)

    assert reply.json()["ResponseCode"] == 0


@pytest.mark.parametrize("accept", ["application/xml", "text/xml, application/json"])
def test_accept_decides_the_answers_format(caller: Caller, accept: str) -> None:
    body = json.dumps(link_fields())

    reply = caller.send("POST", LINK, body, {**JSON, "Accept": accept})

    assert reported(reply)["Message"] == "Success"


@pytest.mark.parametrize(
    ("changes", "code", "name"),
    [
        ({"VerificationKey": "0" * 64}, 1, "InvalidVerificationKey"),
        ({"APIUsername": "stranger"}, 1, "InvalidVerificationKey"),
        ({"SiteCode": "OTHER"}, 3, "InvalidSiteCode"),
        ({"OrderNumber": ""}, 5, "MissingField"),
        ({"CustomerID": ""}, 5, "MissingField"),
    ],
)
def test_a_business_error_is_a_code_in_a_200(
    sandbox: Sandbox, caller: Caller, changes: dict[str, str], code: int, name: str
) -> None:
    fields = link_fields() | changes

    as_json = link(caller, fields)
    as_xml = caller.send("POST", LINK, link_xml(fields), XML)

    assert (as_json.status, as_json.json()["ResponseCode"]) == (200, code)
    assert (as_xml.status, reported(as_xml)["ResponseCode"]) == (200, name)
    assert sandbox.links.history() == ()


@pytest.mark.parametrize("off", [timedelta(minutes=-17), timedelta(minutes=17)])
def test_a_timestamp_outside_the_window_is_refused(
    caller: Caller, off: timedelta
) -> None:
    reply = link(caller, link_fields(at=datetime.now(UTC) + off))

    assert reply.json()["ResponseCode"] == 4


def test_an_api_user_signs_with_a_key_of_its_own(
    sandbox: Sandbox, caller: Caller
) -> None:
    user = settings.DECK_API_USERNAME

    with_site_key = link(caller, link_fields(APIUsername=user))
    with_own = link(caller, link_fields(key=settings.DECK_USER_KEY, APIUsername=user))

    assert with_site_key.json()["ResponseCode"] == 1
    assert with_own.json()["ResponseCode"] == 0
    assert len(sandbox.links.history()) == 1


def test_an_xml_element_out_of_order_is_silently_null(
    sandbox: Sandbox, caller: Caller
) -> None:
    fields = link_fields()
    late = [*(name for name in sorted(fields) if name != "CustomerID"), "CustomerID"]

    reply = caller.send("POST", LINK, link_xml(fields, order=late), XML)

    assert (reply.status, reported(reply)["ResponseCode"]) == (200, "MissingField")
    assert reported(reply)["Message"] == "CustomerID is required"
    assert sandbox.journal.entries("deck.link")[0].facts["customer"] is None


@pytest.mark.parametrize(
    "body",
    [
        link_xml(link_fields(), namespace="Somebody.Else"),
        "<OrderAssociationImportJson/>",
        "<broken",
        "",
        '<!DOCTYPE a [<!ENTITY b "c">]>' + link_xml(link_fields()),
    ],
)
def test_xml_that_is_no_model_is_an_invalid_request(caller: Caller, body: str) -> None:
    reply = caller.send("POST", LINK, body, {**XML, "Accept": "application/json"})

    assert reply.status == 400
    assert reply.json()["Message"] == "The request is invalid."
    assert "ModelState" in reply.json()


def test_json_that_is_no_model_is_an_invalid_request(caller: Caller) -> None:
    replies = [caller.send("POST", LINK, body, JSON) for body in ("", "[]", "{")]

    assert [reply.status for reply in replies] == [400, 400, 400]


def test_web_api_answers_for_what_deck_does_not_have(caller: Caller) -> None:
    get = caller.send("GET", LINK)
    odd = caller.send("POST", LINK, "x", {"Content-Type": "text/plain"})
    nowhere = caller.send("POST", "/deck/api/nowhere", "{}", XML)

    assert (get.status, list(get.json())) == (405, ["Message"])
    assert (odd.status, list(odd.json())) == (415, ["Message"])
    assert nowhere.status == 404
    assert etree.fromstring(nowhere.body).tag == "Error"


def test_the_history_reports_whose_an_order_is(caller: Caller) -> None:
    link(caller, link_fields())
    asking = link_fields("api/omsorderhistory")
    path = "/deck/api/OmsOrderHistory"

    mine = caller.send("POST", path, json.dumps(asking), JSON)
    guest = caller.send(
        "POST", path, json.dumps(asking | {"OrderNumber": "SO-2"}), JSON
    )

    assert mine.json()["OrderDetails"][0]["CustomerID"] == "C-7"
    assert guest.json()["OrderDetails"][0]["CustomerID"] == "-100"


def test_an_ordered_code_is_answered_in_the_callers_format(
    sandbox: Sandbox, caller: Caller
) -> None:
    fault = Fault.response_code(2, "Order not found").on("SO-1")
    sandbox.faults.order("deck.link", fault, times=2)

    as_json = link(caller, link_fields())
    as_xml = caller.send("POST", LINK, link_xml(link_fields()), XML)

    assert as_json.json()["ResponseCode"] == 2
    assert reported(as_xml)["ResponseCode"] == "OrderNotFound"
    assert sandbox.links.history() == ()


@pytest.mark.parametrize("code", [500, 503])
def test_a_link_that_failed_is_not_made(
    sandbox: Sandbox, caller: Caller, code: int
) -> None:
    sandbox.faults.order("deck.link", Fault.status(code))

    reply = link(caller, link_fields())

    assert reply.status == code
    assert sandbox.links.history() == ()


def test_a_link_may_be_made_and_its_answer_lost(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.order("deck.link", Fault.apply_then_drop())

    with pytest.raises(RemoteDisconnected):
        link(caller, link_fields())

    assert sandbox.links.customer("SO-1") == "C-7"


def test_an_ordered_code_15_makes_the_link(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.order("deck.link", Fault.response_code(15, "Queued"))

    reply = link(caller, link_fields())

    assert reply.json()["ResponseCode"] == 15
    assert sandbox.links.customer("SO-1") == "C-7"
