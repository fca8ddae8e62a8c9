"""The gateway before Westcon: a bad key, a spent quota, seconds to wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.westcon.gateway_error import GatewayError, decode_gateway_error

MISSING_KEY = (
    "Access denied due to missing subscription key. Make sure to include subscription "
    "key when making requests to an API."
)
BAD_KEY = (
    "Access denied due to invalid subscription key. Make sure to provide a valid key "
    "for an active subscription."
)
QUOTA = "Out of call volume quota. Quota will be replenished in 5.03:23:11."
RATE = "Rate limit is exceeded. Try again in 60 seconds."


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (401, MISSING_KEY, GatewayError(401, MISSING_KEY, subscription=True)),
        (401, BAD_KEY, GatewayError(401, BAD_KEY, subscription=True)),
        (401, "Invalid JWT.", GatewayError(401, "Invalid JWT.")),
        (403, QUOTA, GatewayError(403, QUOTA, quota=True, quota_seconds=444_191.0)),
        (
            403,
            "Quota will be replenished in 01:00:05.",
            GatewayError(
                403, "Quota will be replenished in 01:00:05.", quota_seconds=3_605.0
            ),
        ),
        (429, RATE, GatewayError(429, RATE, wait_seconds=60.0)),
    ],
)
def test_the_gateways_bodies_are_distinguished(
    status: int, message: str, error: GatewayError
) -> None:
    body = b'{ "statusCode": %d, "message": "%s" }' % (status, message.encode())

    assert decode_gateway_error(body) == error


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", GatewayError()),
        (b"<html>502 Bad Gateway</html>", GatewayError()),
        (b"[]", GatewayError()),
        (b'"Missing required fields"', GatewayError(message="Missing required fields")),
        (b'{"StatusCode":"404","Message":"a\\nb"}', GatewayError(404, r"a\nb")),
        (b'{"statusCode":true,"message":null}', GatewayError()),
    ],
)
def test_other_bodies_give_what_they_hold(body: bytes, error: GatewayError) -> None:
    assert decode_gateway_error(body) == error


@given(st.binary(max_size=100))
def test_any_bytes_give_a_value(body: bytes) -> None:
    assert len(decode_gateway_error(body).message) <= 200
