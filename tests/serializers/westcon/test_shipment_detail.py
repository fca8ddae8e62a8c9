"""Westcon's shipment detail: one spelling out, every known spelling in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.westcon import shipment_detail
from serializers.westcon.shipment_detail import (
    DetailQuery,
    Parcel,
    Serial,
    ShipmentDetail,
    decode_detail,
    encode_detail_query,
)
from tests.serializers.wire_samples import FILLED, reading, spoiled

BODY = {
    "OrderStatus": [{"ERPOrderNumber": "0060012344", "LineStatusCode": "INV"}],
    "OrderTracking": [
        {"TrackingNo": "1Z999", "Carrier": "UPS"},
        {"TrackingNo": "155011", "Carrier": ""},
    ],
    "OrderSerialNum": [
        {"ManufSerialNo": "S440", "MACAddress": "AA:BB"},
        {"ManufSerialNo": "S441", "MACAddress": ""},
    ],
    "OrderVRFData": [{"Name": "n", "Value": "v"}],
}
READ = ShipmentDetail(
    orders=("60012344",),
    parcels=(Parcel("1Z999", "UPS"), Parcel("155011")),
    serials=(Serial("S440", "AA:BB"), Serial("S441")),
)
REPLY = json.dumps({"mT_OrderTrack_Response": BODY}).encode()


def of(document: Any) -> ShipmentDetail:
    return decode_detail(json.dumps(document).encode())


def recased(value: Any, case: str) -> Any:
    if isinstance(value, list):
        return [recased(item, case) for item in value]
    if isinstance(value, dict):
        pairs = value.items()
        return {getattr(k, case)(): recased(member, case) for k, member in pairs}
    return value


def test_a_question_asks_for_tracking_and_serial_numbers_of_one_order() -> None:
    query = DetailQuery("0123456789abcdef", "W", "EN", "60012344")

    assert encode_detail_query(query) == (
        b'{"mT_OrderTrack_API_Req":{"partnerKey":"0123456789abcdef","orderType":"W",'
        b'"language":"EN","orderNumber":"60012344","trackingData":"Y",'
        b'"serialData":"Y","vrfData":"N"}}'
    )
    assert "0123456789abcdef" not in repr(query)


@pytest.mark.parametrize(
    "document",
    [
        {"mT_OrderTrack_Response": BODY},
        BODY,
        [BODY],
        {"any": {"other": BODY}},
        json.dumps({"mT_OrderTrack_Response": BODY}),
        {"mT_OrderTrack_Response": json.dumps(BODY)},
        recased(BODY, "lower"),
        recased({"mT_OrderTrack_Response": BODY}, "upper"),
        {"mT_OrderTrack_Response": [{n: rows} for n, rows in BODY.items()]},
        BODY | {"error": {"errorNumber": "A01", "errorDescription": "beside"}},
    ],
)
def test_the_rows_count_whatever_stands_round_them(document: Any) -> None:
    assert of(document) == READ


def test_one_object_stands_for_a_list_of_one() -> None:
    singles = {name: rows[0] for name, rows in BODY.items()}

    assert of(singles) == ShipmentDetail(
        READ.orders, READ.parcels[:1], READ.serials[:1]
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \r\n",
        b"{}",
        b"[]",
        b"null",
        b'{"mT_OrderTrack_Response":{}}',
        b'{"mT_OrderTrack_Response":""}',
        b'{"OrderStatus":[],"OrderTracking":"","OrderSerialNum":null}',
        b'{"OrderTracking":[{"TrackingNo":"","Carrier":"UPS"}]}',
    ],
)
def test_an_order_without_parcels_is_an_answer(body: bytes) -> None:
    assert decode_detail(body) == ShipmentDetail()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html><body>Sign in</body></html>", "markup"),
        (b'{"OrderTracking": ,}', "not JSON"),
        (b'{"hello":"world"}', "neither shipments nor an error block"),
        (b'"shipped"', "neither shipments nor an error block"),
        (b'{"error":{"errorNumber":"A01","errorDescription":"No"}}', "error A01: No"),
        (b'{"success":false,"message":"No such order"}', "No such order"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_reason(body: bytes, why: str) -> None:
    read, message = reading(decode_detail, body)

    assert read is None
    assert why in message


def test_secrets_are_masked_in_what_an_error_block_states() -> None:
    body = b'{"error":{"errorDescription":"key SECRET is unknown"}}'

    with pytest.raises(DecodeError, match=r"key \*\*\* is unknown"):
        decode_detail(body, lambda text: text.replace("SECRET", "***"))


def test_a_row_that_is_repeated_counts_once() -> None:
    doubled = {name: [*rows, *rows] for name, rows in BODY.items()}

    assert of(doubled) == READ


def test_a_row_may_name_its_line() -> None:
    detail = of(
        {
            "OrderTracking": {"TrackingNo": "1Z", "ERPOrderLineNumber": "000010"},
            "OrderSerialNum": {"ManufSerialNo": "S1", "eRPOrderLineNumber": "000020"},
        }
    )

    assert [one.line_number for one in detail.parcels] == ["10"]
    assert [one.line_number for one in detail.serials] == ["20"]


def test_what_cannot_be_seen_is_dropped_from_every_value() -> None:
    detail = of(
        {
            "OrderTracking": [{"TrackingNo": "1Z\0\u202e9", "Carrier": "[U]\u200bPS"}],
            "OrderSerialNum": [{"ManufSerialNo": "\x07S1", "MACAddress": "A\x00A"}],
        }
    )

    assert detail.parcels == (Parcel("1Z9", "[U]PS"),)
    assert detail.serials == (Serial("S1", "AA"),)


def test_rows_beyond_the_most_are_counted_and_left_out() -> None:
    most = shipment_detail.MAX_ROWS
    detail = of({"OrderTracking": [{"TrackingNo": f"T{n}"} for n in range(most + 3)]})

    assert (len(detail.parcels), detail.left_out) == (most, 3)


@given(st.lists(st.tuples(FILLED, FILLED), unique_by=lambda one: one[0]))
def test_every_parcel_comes_out_in_the_order_in_which_it_stands(
    rows: list[tuple[str, str]],
) -> None:
    sent = [{"TrackingNo": number, "Carrier": carrier} for number, carrier in rows]
    read = of({"OrderTracking": sent}).parcels

    seen = [(one.tracking_number, one.carrier) for one in read]
    unlike = [(n, c) for n, c in rows if n.isprintable() and c.isprintable()]
    assert [pair for pair in seen if pair in unlike] == unlike


@given(spoiled(REPLY))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    read, message = reading(decode_detail, body)

    assert (read is None) == bool(message)
