"""While no token is given, everybody waits, and nobody asks too soon."""

from collections.abc import Callable, Iterator

import pytest
import redis as redis_library

from tasks.outcomes.errors import NotYet
from tests.http.raw_server import Peer, Serve, always, answering
from tests.partners.tokens import (
    CANARY,
    answer,
    expire,
    in_threads,
    key,
    numbered,
    refusal,
    token_answer,
)
from tests.redis_servers import RedisServer, free_port
from workers.partners.oauth.token_source import TokenSource


def test_a_partner_that_refuses_every_token_does_not_cause_a_loop(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    server = serve(numbered())
    tokens = source(server)
    for _ in range(2):
        tokens.rejected(tokens.token())

    error = refusal(tokens)

    assert error.code == "token_refused"
    assert 0 < error.after <= 60
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "broken",
    [
        answer(500, b""),
        answer(503, b"<html>"),
        answer(429, b"{}"),
        answer(200, b"<html>Sign in</html>"),
        answer(200, {"token_type": "Bearer"}),
        answer(200, b""),
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{",
    ],
)
def test_an_endpoint_that_is_unwell_is_left_alone_for_a_while_by_everybody(
    source: Callable[..., TokenSource], serve: Serve, broken: bytes
) -> None:
    server = serve(answering(broken))

    first = refusal(source(server))
    others = in_threads(50, source(server).token)

    assert first.code == "token_unavailable"
    assert 5 <= first.after <= 60
    assert {error.code for error in others} == {"token_unavailable"}
    assert all(0 < error.after <= first.after for error in others)
    assert len(server.requests) == 1


def test_a_slow_endpoint_is_unwell_too(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    def slow(peer: Peer) -> None:
        peer.request()
        peer.left_by_client()

    error = refusal(source(serve(slow), deadline=0.2))

    assert error.code == "token_unavailable"


def test_the_pause_grows_with_each_failure_and_ends_with_the_first_success(
    source: Callable[..., TokenSource], serve: Serve, redis: "redis_library.Redis"
) -> None:
    bad = answer(500, b"")
    server = serve(answering(bad, bad, bad, bad, bad, token_answer(), bad))
    pauses = []
    for _ in range(5):
        pauses.append(refusal(source(server)).after)
        expire(redis, "failed")

    source(server).token()
    expire(redis, "ends")
    pauses.append(refusal(source(server)).after)

    assert pauses == [7.5, 12.5, 22.5, 32.5, 32.5, 7.5]


def test_a_retry_after_is_not_undercut(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    server = serve(always(answer(429, b"", "Retry-After: 120\r\n")))

    assert refusal(source(server)).after == 120


@pytest.mark.parametrize(("longest", "seconds"), [(86_400.0, 3_600), (900.0, 900)])
def test_a_long_retry_after_is_honoured_as_far_as_the_partners_setting(
    source: Callable[..., TokenSource], serve: Serve, longest: float, seconds: float
) -> None:
    server = serve(always(answer(503, b"", "Retry-After: 3600\r\n")))

    first = refusal(source(server, retry_after_max=longest))
    second = refusal(source(server, retry_after_max=longest))

    assert first.after == seconds
    assert seconds - 60 < second.after <= seconds
    assert len(server.requests) == 1


def test_a_wait_of_days_is_remembered_for_days(
    source: Callable[..., TokenSource], serve: Serve, redis: "redis_library.Redis"
) -> None:
    days = 200_000
    server = serve(always(answer(429, b"", f"Retry-After: {days}\r\n")))

    refusal(source(server, retry_after_max=1e6))

    assert redis.pttl(key(redis)) > (days - 60) * 1_000


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (
            401,
            {
                "error": "invalid_client",
                "error_description": f"AADSTS7000215: {CANARY} is wrong.\r\nTrace: 1",
                "error_codes": [7000215],
            },
            "invalid_client (7000215): AADSTS7000215: *** is wrong.; look at WAYBILL",
        ),
        (
            400,
            {"error": "invalid_resource", "error_codes": [500011]},
            "(500011): no reason given; look at WAYBILL_WESTCON__RESOURCE",
        ),
        (
            400,
            {"message": "who?"},
            "an error: who?; look at WAYBILL_WESTCON__CLIENT_ID",
        ),
        (400, b"<html>", "an error: the answer is not JSON; look at"),
        (404, b"", "answered 404"),
        (302, b"", "redirects are never followed"),
    ],
)
def test_a_refusal_states_what_to_look_at_and_is_not_asked_again_for_five_minutes(
    source: Callable[..., TokenSource],
    serve: Serve,
    status: int,
    body: object,
    text: str,
) -> None:
    server = serve(always(answer(status, body)))

    first, second = refusal(source(server)), refusal(source(server))

    assert (first.code, first.after) == ("token_refused", 300)
    assert text in str(first)
    assert str(second) == str(first)
    assert 299 < second.after <= 300
    assert len(server.requests) == 1


def test_a_new_secret_is_not_held_up_by_the_refusal_of_the_old(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    refused = answer(401, {"error": "invalid_client"})
    server = serve(answering(refused, answer(200, {"access_token": "good"})))
    assert refusal(source(server)).code == "token_refused"

    assert source(server, client_secret="mended").token() == "good"


@pytest.fixture
def gone() -> Iterator["redis_library.Redis"]:
    """A Redis that nobody serves."""
    with RedisServer("", port=free_port()).client() as client:
        yield client


def test_a_redis_that_does_not_answer_is_a_reason_to_wait(
    source: Callable[..., TokenSource], gone: "redis_library.Redis"
) -> None:
    tokens = source("http://127.0.0.1:9/", client=gone)

    assert refusal(tokens).code == "token_unavailable"
    with pytest.raises(NotYet):
        tokens.rejected("token")
