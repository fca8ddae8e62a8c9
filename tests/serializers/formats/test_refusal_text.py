"""What a refusal states, in every form in which partners refuse."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.formats.refusal_text import MAX_LENGTH, is_page, partner_text
from tests.serializers.wire_samples import spoiled

MODEL_STATE = {
    "Message": "The request is invalid.",
    "ModelState": {
        "link.OrderNumber": ["The OrderNumber field is required."],
        "link.SiteCode": ["Too long.", "Unknown."],
    },
}
PROBLEM = {
    "type": "https://tools.example/rfc9110#section-15.5.1",
    "title": "One or more validation errors occurred.",
    "status": 400,
    "traceId": "00-84c1fd4063c38d9f3900d06e56542d48-85d1d4-00",
    "errors": {"$.order": ["The value could not be converted."]},
}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"Missing required fields: partnerKey", "Missing required fields: partnerKey"),
        (b" one\r\n\r\n two ", "one two"),
        (b"", ""),
        (b"null", ""),
        (b'"Missing required fields"', "Missing required fields"),
        (
            json.dumps(MODEL_STATE).encode(),
            (
                "The request is invalid. link.ordernumber: The OrderNumber field is "
                "required. link.sitecode: Too long., Unknown."
            ),
        ),
        (
            json.dumps(PROBLEM).encode(),
            (
                "One or more validation errors occurred. $.order: The value could not "
                "be converted."
            ),
        ),
        (
            b'{"error":{"code":"NotFound","message":"No such product"}}',
            "No such product",
        ),
        (b'{"error":"invalid_client"}', "invalid_client"),
        (b'{"error":"no_key","error_description":"Key expired"}', "Key expired"),
        (b'{"statusCode":401,"message":"Access denied"}', "Access denied"),
        (b'{"Error":{"ErrorNumber":"A01"}}', "A01"),
        (b'{"errors":["one","two","one"]}', "one; two"),
        (
            (
                b'{"errors":[{"messaage":"Bad","fields":[{"field":"IM-X","message":"m",'
                b'"value":"C-77"},{"field":"IM-Y"}]}]}'
            ),
            "Bad; IM-X: m; IM-Y",
        ),
        (b'{"errors":[{"message":"too many requests"},]}', "too many requests"),
        (
            b'{"fault":{"faultstring":"Bad token","detail":{"errorcode":"k"}}}',
            "Bad token",
        ),
        (
            (
                b'{"Message":"An error.","ExceptionMessage":"boom","ExceptionType":"X",'
                b'"StackTrace":"at Y"}'
            ),
            "An error. boom",
        ),
        (b'{"statusCode":true,"message":null}', ""),
        (b"[1,2]", ""),
        (b"{}", ""),
        (b'{"message":"cut', '{"message":"cut'),
        (
            (
                b"<Error><Message>The request is invalid.</Message><ModelState>"
                b"<link.OrderNumber>It is required.</link.OrderNumber></ModelState>"
                b"</Error>"
            ),
            "The request is invalid. link.ordernumber: It is required.",
        ),
        (b"<string xmlns='http://x/'>Missing</string>", "Missing"),
        (b"<error code='1' message='Missing'/>", "Missing"),
        (
            (
                b"<s:Envelope xmlns:s='x'><s:Body><s:Fault><faultcode>c</faultcode>"
                b"<faultstring>bad</faultstring></s:Fault></s:Body></s:Envelope>"
            ),
            "bad",
        ),
        (b"<Error><Message>cut", "cut"),
        (
            b"<!DOCTYPE html><html><head><title>502 &amp; Bad</title></head><body>x",
            "502 & Bad",
        ),
        (b"<html><body><h1>Not <b>here</b></h1>x</body></html>", "Not here"),
        (
            b"<HTML><BODY><script>var x</script>Key <i>expired</i></BODY></HTML>",
            "Key expired",
        ),
        ("Clé expirée".encode(), "Clé expirée"),
        ("\ufeffKey expired".encode(), "Key expired"),
        ("Key expired".encode("utf-16"), "Key expired"),
    ],
)
def test_a_refusals_words_are_found_in_every_form(body: bytes, words: str) -> None:
    assert partner_text(body) == words


@given(
    st.binary(max_size=200)
    | spoiled(json.dumps(MODEL_STATE).encode())
    | spoiled(b"<html><head><title>x</title></head><body><h1>y</h1></body></html>")
    | spoiled(b"<Error><Message a='b'>x</Message><ModelState/></Error>")
)
def test_any_bytes_give_a_bounded_text(body: bytes) -> None:
    assert len(partner_text(body)) <= MAX_LENGTH
    assert is_page(body) in {True, False}


@pytest.mark.parametrize(
    "body",
    [
        b"<html>" + b"<script" * 20_000,
        b"<html><body>" + b"<" * 60_000,
        b"<html>" + b"<title" * 10_000,
        b"<a>" * 20_000,
        b"[" * 60_000,
        b'{"message":[' + b'"x",' * 15_000 + b'"x"]}',
        b"{" + b'"error":{' * 60 + b'"a":1' + b"}" * 61,
        b'["' + b"," * 60_000,
        b"x" * 10_000_000,
    ],
)
def test_a_body_made_to_cost_much_gives_a_bounded_text(body: bytes) -> None:
    assert len(partner_text(body)) <= MAX_LENGTH


@pytest.mark.parametrize(
    ("body", "page"),
    [
        (b"Service unavailable", True),
        (b"<!doctype html><html>", True),
        (b"<Error/>", False),
        (b' {"a":1}', False),
        (b"[]", False),
    ],
)
def test_a_page_is_for_people(body: bytes, page: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_page(body) is page
