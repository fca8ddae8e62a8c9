"""Ingram's refusals: many shapes, one short text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.ingram.error import decode_error


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            (
                b'{"errors":[{"id":123,"type":"Validation error",'
                b'"message":"No Records Found"}]}'
            ),
            "No Records Found",
        ),
        (
            (
                b'{"errors":[{"traceid":"1","type":"/errors/validation-failed",'
                b'"messaage":"Validation failed","fields":[{"field":"IM-CountryCode",'
                b'"message":"Required field is missing","value":"C-77"},'
                b'{"field":"IM-SenderID","message":null}]}]}'
            ),
            "Validation failed; IM-CountryCode: Required field is missing, IM-SenderID",
        ),
        (b'[{"errors":[{"1ype":"x","message":"A\\nB"}]}]', r"A\nB"),
        (b'{"errors":[{"type":"/errors/system","message":null}]}', "/errors/system"),
        (b'{"errors":{"message":"One"}}', "One"),
        (b'{"errors":[{"message":"A"},{"message":"B"}]}', "A; B"),
        (
            b'{"errors":[{"field":null,"message":"too many requests"},]}',
            "too many requests",
        ),
        (
            b'{"fault":{"faultstring":"Invalid token","detail":{"errorcode":"k"}}}',
            "Invalid token",
        ),
        (b'{"message":"Not found"}', "Not found"),
        (b'{"errors":[{"message":"%s"}]}' % (b"x" * 999), "x" * 300),
        (b'{"errors":[]}', ""),
        (b"{}", ""),
        (b"null", ""),
        (b"", ""),
        (b"<html>Bad gateway</html>", ""),
        (b"[" * 99_999, ""),
    ],
)
def test_a_refusal_becomes_one_short_text(body: bytes, text: str) -> None:
    assert decode_error(body) == text


@given(st.binary(max_size=100) | st.text('{}[]",:errorsmag ').map(str.encode))
def test_any_bytes_give_a_text(body: bytes) -> None:
    assert decode_error(body).isprintable()
