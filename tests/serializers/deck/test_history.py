"""DECK's order history: whose an order is, or what was found instead."""

import json
from functools import partial

import pytest
from hypothesis import given

from serializers.deck.history import (
    HistoryQuery,
    OrderHistory,
    decode_history,
    encode_query,
)
from serializers.errors import DecodeError, EncodeError
from tests.serializers.wire_samples import reading, spoiled

#: What DECK's Magento module reads of it.
ANSWER = (
    b'{"ResponseCode":0,"Message":"","TotalRecordsAvailable":1,"OrderDetails":['
    b'{"CustomerID":"C-7","OrderStatus":"Processing","Items":[],"RMAS":[]}]}'
)

TWO_ORDERS = (
    b'{"responsecode":0,"orderdetails":[{"OrderNumber":"SO-2","CustomerID":"X"},'
    b'{"OrderNumber":"so-1","CustomerID":"C-1"},{"CustomerID":null}]}'
)


def test_the_question_is_the_modules_and_names_no_customer() -> None:
    query = HistoryQuery("100000123", "SITE", "", "9/2/2024 15:17 PM", "KEY")

    asked = json.loads(encode_query(query))

    assert list(asked.items()) == [
        ("PageNumber", 1),
        ("PageSize", 1),
        ("CustomerID", None),
        ("OrderNumber", "100000123"),
        ("VerificationKey", "KEY"),
        ("TimestampUTC", "9/2/2024 15:17 PM"),
        ("SiteCode", "SITE"),
    ]


def test_a_question_that_json_cannot_carry_is_named_by_its_field() -> None:
    with pytest.raises(EncodeError, match="OrderNumber"):
        encode_query(HistoryQuery("\udc80", "SITE", "", "now", "KEY"))


@pytest.mark.parametrize(
    ("body", "history"),
    [
        (ANSWER, OrderHistory("0", "", ("C-7",))),
        (
            b'{"ResponseCode":"Success","OrderDetails":{"CustomerID":-100}}',
            OrderHistory("0", "", ("-100",)),
        ),
        (
            b'{"ResponseCode":2,"Message":"No\\u001b such order","OrderDetails":null}',
            OrderHistory("2", "No such order", ()),
        ),
        (TWO_ORDERS, OrderHistory("0", "", ("C-1", ""))),
    ],
)
def test_an_answer_reports_the_customers_of_the_order_asked_for(
    body: bytes, history: OrderHistory
) -> None:
    assert decode_history(body, "SO-1") == history


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "empty"),
        (b"[]", "must be an object"),
        (b'{"Message":"An error has occurred."}', "no ResponseCode"),
        (ANSWER[:-4], "not JSON"),
        (b"<html>", "markup"),
    ],
)
def test_another_document_is_refused(body: bytes, complaint: str) -> None:
    with pytest.raises(DecodeError, match=complaint):
        decode_history(body, "SO-1")


def test_another_orders_customer_does_not_count_beside_the_orders_own() -> None:
    body = (
        b'{"ResponseCode":0,"OrderDetails":[{"OrderNumber":"so-1","CustomerID":"C-9"},'
        b'{"OrderNumber":"SO-1","CustomerID":"C-1"}]}'
    )

    assert decode_history(body, "SO-1").customers == ("C-1",)
    assert decode_history(body, "so-1").customers == ("C-9",)


@given(spoiled(ANSWER))
def test_spoiled_bytes_give_a_history_or_a_refusal(body: bytes) -> None:
    history, refusal = reading(partial(decode_history, order_number="SO-1"), body)

    assert history is not None or refusal.startswith("DECK order history: ")


def test_a_verification_key_is_not_shown() -> None:
    assert "KEY" not in repr(HistoryQuery("SO-1", "SITE", "", "now", "KEY"))
