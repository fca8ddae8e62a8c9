"""Token endpoints: numbers as numbers or texts, and three shapes of refusal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.oauth import Token, TokenError, decode_token, decode_token_error

AAD = {
    "error": "invalid_client",
    "error_description": (
        "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent "
        "in the request is the client secret value.\r\n"
        "Trace ID: 8a08a7db-d914-4012-8159-067fdc6e4900\r\n"
        "Correlation ID: 78adae38-0ef1-4147-b30e-00e5e93bdac0\r\n"
        "Timestamp: 2024-09-02 15:17:00Z"
    ),
    "error_codes": [7000215],
    "timestamp": "2024-09-02 15:17:00Z",
}


@pytest.mark.parametrize(
    ("body", "token"),
    [
        (
            (
                b'{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,'
                b'"access_token":"eyJ0.eX-_A~+/="}'
            ),
            Token("eyJ0.eX-_A~+/=", expires_in=3599.0),
        ),
        (
            (
                b'{"token_type":"Bearer","expires_in":"3600","expires_on":"1562587331",'
                b'"resource":"r","access_token":"abc"}'
            ),
            Token("abc", expires_in=3600.0, expires_on=1562587331.0),
        ),
        (b'{"access_token":"abc"}', Token("abc")),
        (b'{"access_token":"abc","expires_in":true,"expires_on":"soon"}', Token("abc")),
        (b'{"access_token":"abc","expires_in":-5,"token_type":null}', Token("abc")),
    ],
)
def test_a_token_is_read_with_what_is_known_of_its_end(
    body: bytes, token: Token
) -> None:
    assert decode_token(body) == token


def test_a_token_is_not_shown() -> None:
    assert "abc" not in repr(Token("abc"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"[]",
        b"{}",
        b'{"access_token":null}',
        b'{"access_token":""}',
        b'{"access_token":5}',
        b'{"access_token":"abc\\r\\nX-Evil: 1"}',
        b'{"access_token":"caf\\u00e9"}',
        b'{"access_token":"%s"}' % (b"x" * 16_385),
    ],
)
def test_a_reply_without_a_token_fit_for_a_header_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError) as refused:
        decode_token(body)

    assert str(refused.value).startswith("token reply: ")
    assert "abc" not in str(refused.value)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            json.dumps(AAD).encode(),
            TokenError(
                "invalid_client",
                (7000215,),
                "AADSTS7000215: Invalid client secret provided. Ensure the secret "
                "being sent in the request is the client secret value.",
            ),
        ),
        (
            b'{"message":"Invalid grant"}',
            TokenError("", (), "Invalid grant"),
        ),
        (
            b'{"fault":{"faultstring":"Bad client","detail":{"errorcode":"oauth.v2"}}}',
            TokenError("oauth.v2", (), "Bad client"),
        ),
        (b'{"fault":{}}', TokenError("", (), "no reason given")),
        (b"{}", TokenError("", (), "no reason given")),
        (b"[]", TokenError("", (), "the answer is not a JSON object")),
        (b"<html>x</html>", TokenError("", (), "the answer is not JSON")),
        (b"", TokenError("", (), "the answer is not JSON")),
    ],
)
def test_a_refusal_is_one_line_with_its_code(body: bytes, error: TokenError) -> None:
    assert decode_token_error(body) == error


@given(st.binary(max_size=100))
def test_any_bytes_give_a_reason(body: bytes) -> None:
    assert decode_token_error(body).message
