"""Westcon's order status: one spelling out, every known spelling in."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.westcon.query import StatusQuery, encode_query
from serializers.westcon.reply import StatusLine, decode_reply
from tests.serializers.wire_samples import reading, sample, spoiled

REPLY = sample("westcon_reply.json")
FIRST = StatusLine(
    order_number="60012344",
    line_number="10",
    customer_order_number="Rb2024-03",
    customer_line_number="",
    product_number="TC57HO",
    quantity="2",
    status="INV",
    status_date="2024-09-03",
    ship_date="2024-09-02",
    invoice="0090001117",
)
SECOND = StatusLine(
    order_number="60012349",
    line_number="20",
    customer_order_number="VC REGULAR MFR SN",
    customer_line_number="2",
    product_number="CBL-10-T",
    quantity="2.5",
    status="SHI",
    status_date="",
    ship_date="",
    invoice="",
)
LINES = json.loads(REPLY)["MT_OrderStatus_Response"]


def test_a_query_is_written_as_the_portal_shows_it() -> None:
    query = StatusQuery("0123456789abcdef", "W", "EN", ("60012344", "60012349"))

    assert encode_query(query) == (
        b'{"mT_OrderStatus_API_REQ":{"partnerKey":"0123456789abcdef","orderType":"W",'
        b'"language":"EN","order":["60012344","60012349"]}}'
    )


def test_a_partner_key_is_not_shown() -> None:
    assert "0123456789abcdef" not in repr(StatusQuery("0123456789abcdef", "W", "", ()))


def test_a_reply_is_a_list_of_lines() -> None:
    assert decode_reply(REPLY) == (FIRST, SECOND)


@pytest.mark.parametrize(
    "wrapped",
    [
        LINES,
        {"mT_OrderStatus_Response": LINES},
        {"MT_ORDERSTATUS_RESPONSE": LINES},
        {"MT_OrderStatus_Response": {"OrderStatus": LINES}},
        {"MT_OrderStatus_Response": json.dumps(LINES)},
        {"MT_OrderStatus_Response": LINES, "correlation": "x"},
        {"any": LINES},
        json.dumps({"MT_OrderStatus_Response": LINES}),
        [{key.upper(): value for key, value in line.items()} for line in LINES],
        [*LINES, {"Error": {"ErrorNumber": "A03"}}, "noise", None],
    ],
)
def test_the_lines_are_found_in_every_known_wrapping(wrapped: object) -> None:
    body = json.dumps(wrapped).encode()

    assert decode_reply(body) == (FIRST, SECOND)


@pytest.mark.parametrize("wrapped", [LINES[0], {"MT_OrderStatus_Response": LINES[0]}])
def test_one_object_stands_for_a_list_of_one(wrapped: object) -> None:
    assert decode_reply(json.dumps(wrapped).encode()) == (FIRST,)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b'{"MT_OrderStatus_Response":[]}',
        b'{"MT_OrderStatus_Response":null}',
        b'{"MT_OrderStatus_Response":""}',
    ],
)
def test_an_empty_list_is_an_answer(body: bytes) -> None:
    assert decode_reply(body) == ()


def test_an_order_that_westcon_does_not_know_is_a_line_of_its_own() -> None:
    (line,) = decode_reply(sample("westcon_reply_bent.json"))

    assert (line.order_number, line.line_number, line.status) == (
        "60012344",
        "10",
        "NAO",
    )
    assert (line.quantity, line.status_date, line.ship_date) == ("2", "", "")


def test_zeros_where_a_number_should_be_are_no_number() -> None:
    bare = {**LINES[0], "billingDocument": "0000000000", "parentERPLine": None}

    (line,) = decode_reply(json.dumps([bare]).encode())

    assert line == replace(FIRST, invoice="")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (
            b'{"Error":{"ErrorNumber":"A03","ErrorDescription":"Vendor\\nObsolete"}}',
            r"error A03: Vendor\nObsolete",
        ),
        (
            (
                b'{"MT_OrderStatus_Response":{"error":{"errorNumber":1,'
                b'"errorDescription":"Invalid Material"}}}'
            ),
            "error 1: Invalid Material",
        ),
        (
            b'{"error":"N","errorDescription":"No Open Order Selected"}',
            "error N: No Open Order Selected",
        ),
        (b'[{"Error":{"ErrorNumber":"A01"}}]', "error A01"),
        (b'{"success":false,"message":"Quote failed"}', "error: Quote failed"),
        (b'{"info":"Maintenance"}', "error: Maintenance"),
        (
            b'{"validationErrors":["order is empty",{"field":"a","message":"b"}]}',
            "error validation: order is empty; a: b",
        ),
        (b'{"statusCode":500,"message":"Oops"}', "error 500: Oops"),
        (b'{"listPrice" : ,"a":1}', "not JSON"),
        (b"<html><body>Sign in</body></html>", "markup"),
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"{}", "neither order lines nor an error block"),
        (b'{"a":1,"b":2}', "neither order lines nor an error block"),
        (b"[1,2]", "neither order lines nor an error"),
        (b"null", "neither order lines nor an error"),
        (json.dumps(json.dumps(json.dumps(json.dumps("x")))).encode(), "not JSON"),
    ],
)
def test_a_reply_without_lines_states_why(body: bytes, complaint: str) -> None:
    with pytest.raises(DecodeError) as refused:
        decode_reply(body)

    assert str(refused.value).startswith("Westcon order status: ")
    assert complaint in str(refused.value)


EMPTY_ERRORS: list[Any] = [
    {},
    None,
    "",
    [],
    [{}],
    0,
    "0",
    False,
    {"errorNumber": "", "errorDescription": ""},
    {"errorNumber": None, "errorDescription": None},
    {"errorNumber": " 000 ", "errorDescription": "  "},
    {"errorCode": "OK", "errorDescription": "Success"},
    {"error": "", "errorDescription": ""},
    {"ErrorNumber": 0},
]


@pytest.mark.parametrize("name", ["error", "Error", "errors"])
@pytest.mark.parametrize("error", EMPTY_ERRORS)
def test_an_empty_error_is_none(name: str, error: object) -> None:
    inside = {"MT_OrderStatus_Response": {name: error, "lines": LINES}}
    beside = {"MT_OrderStatus_Response": LINES, name: error, "message": ""}
    nothing = {"MT_OrderStatus_Response": [], name: error}

    replies = [json.dumps(one).encode() for one in (inside, beside, nothing)]

    assert [decode_reply(one) for one in replies] == [(FIRST, SECOND)] * 2 + [()]


@pytest.mark.parametrize(
    "error",
    [
        {"errorNumber": "A01", "errorDescription": "Invalid Material"},
        {"errorNumber": "0", "errorDescription": "Order not found"},
        "boom",
    ],
)
def test_lines_beside_an_error_count_and_without_lines_the_error_does(
    error: object,
) -> None:
    beside = {"MT_OrderStatus_Response": LINES, "error": error}
    around = {"error": error, "MT_OrderStatus_Response": {"lines": LINES}}

    assert decode_reply(json.dumps(beside).encode()) == (FIRST, SECOND)
    assert decode_reply(json.dumps(around).encode()) == (FIRST, SECOND)
    nothings: tuple[Any, ...] = ([], None, {})
    for nothing in nothings:
        body = {"MT_OrderStatus_Response": nothing, "error": error}
        with pytest.raises(DecodeError, match="error"):
            decode_reply(json.dumps(body).encode())


def test_a_bare_lack_of_success_is_an_error_block() -> None:
    with pytest.raises(DecodeError) as refused:
        decode_reply(b'{"success":false}')

    assert str(refused.value) == "Westcon order status: error"


def test_an_error_blocks_text_is_cut_at_200_characters() -> None:
    body = b'{"Error":{"ErrorDescription":"%s"}}' % (b"x" * 9_000)

    with pytest.raises(DecodeError) as refused:
        decode_reply(body)

    assert len(str(refused.value)) <= len("Westcon order status: ") + 200


@given(spoiled(REPLY) | spoiled(sample("westcon_reply_bent.json")) | st.binary())
def test_spoiled_bytes_give_lines_or_a_refusal(body: bytes) -> None:
    lines, refusal = reading(decode_reply, body)

    assert lines is not None or refusal.startswith("Westcon order status: ")
    assert all(line.status == line.status.upper() for line in lines or ())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "Error",
                        "message",
                        "success",
                        "info",
                        "validationErrors",
                        "eRPOrderNumber",
                        "lineStatusCode",
                        "MT_OrderStatus_Response",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
def test_any_json_gives_lines_or_a_refusal(value: object) -> None:
    lines, refusal = reading(decode_reply, json.dumps(value).encode())

    assert lines is not None or refusal.startswith("Westcon order status: ")
