"""What Westcon's gateway answers instead of Westcon, and what that means."""

from collections.abc import Callable

import pytest
import redis as redis_library

from sandbox.server import Sandbox
from tasks.outcomes.errors import (
    NotYet,
    PartnerError,
    PermanentError,
    Throttled,
    Unavailable,
)
from tests.http.raw_server import Act, RawServer, always
from tests.partners.partners import answer, westcon, westcon_tokens
from workers.http.client import HttpClient

MISSING_KEY = b"""{"statusCode": 401, "message": "Access denied due to missing \
subscription key. Make sure to include subscription key when making requests."}"""
QUOTA = b"""{"statusCode": 403, "message": "Out of call volume quota. \
Quota will be replenished in 5.03:23:11."}"""
RATE = b"""{"statusCode": 429, "message": "Rate limit is exceeded. \
Try again in 60 seconds."}"""


@pytest.fixture
def answered(
    serve: Callable[[Act], RawServer],
    sandbox: Sandbox,
    http: HttpClient,
    redis: "redis_library.Redis",
) -> Callable[..., PartnerError]:
    """What is raised when Westcon answers just this."""
    tokens = westcon_tokens(sandbox, http, redis)

    def ask(status: int, body: bytes, header: str = "") -> PartnerError:
        server = serve(always(answer(status, body, header)))
        with pytest.raises(PartnerError) as caught:
            westcon(server.url(""), http, tokens).order_status("W", ("6000001",))
        return caught.value

    return ask


def test_a_missing_subscription_key_is_the_same(
    answered: Callable[..., PartnerError],
) -> None:
    assert answered(401, MISSING_KEY).code == "subscription_key"


@pytest.mark.parametrize(
    ("status", "body", "header", "seconds"),
    [
        (403, QUOTA, "Retry-After: 3600\r\n", 3_600),
        (403, QUOTA, "", 5 * 86_400 + 3 * 3_600 + 23 * 60 + 11),
        (429, RATE, "Retry-After: 61\r\n", 61),
        (429, RATE, "", 60),
        (429, b"", "", None),
    ],
)
def test_a_spent_rate_or_quota_states_how_long_everybody_waits(
    answered: Callable[..., PartnerError],
    status: int,
    body: bytes,
    header: str,
    seconds: float | None,
) -> None:
    error = answered(status, body, header)

    assert isinstance(error, Throttled)
    assert (error.code, error.retry_after) == (f"http_{status}", seconds)


@pytest.mark.parametrize("status", [302, 403, 404, 405, 410, 415])
def test_a_refusal_that_meets_every_order_is_shown_to_the_operator_and_waited_out(
    answered: Callable[..., PartnerError], status: int
) -> None:
    error = answered(status, b'{"message":"Forbidden"}', "Location: /login\r\n")

    assert isinstance(error, NotYet)
    assert (error.code, error.after, error.shared) == ("shut_out", 900, True)
    assert f"answered {status}" in str(error)
    assert "WAYBILL_WESTCON__BASE_URL" in str(error)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_question_is_permanent_and_carries_the_gateways_text(
    answered: Callable[..., PartnerError], status: int
) -> None:
    error = answered(status, b'{"message":"Missing required fields: ordertype"}')

    assert isinstance(error, PermanentError)
    assert error.code == f"http_{status}"
    assert "Missing required fields: ordertype" in str(error)


def test_a_secret_that_comes_back_is_masked(
    answered: Callable[..., PartnerError],
) -> None:
    error = answered(400, b'{"message":"not SANDBOXPARTNERKEY000000000000001"}')

    assert "SANDBOXPARTNERKEY" not in str(error)


def test_a_503_comes_again_no_sooner_than_asked(
    answered: Callable[..., PartnerError],
) -> None:
    error = answered(503, b"<html>", "Retry-After: 5\r\n")

    assert isinstance(error, Unavailable)
    assert (error.code, error.retry_after) == ("http_503", 5)
