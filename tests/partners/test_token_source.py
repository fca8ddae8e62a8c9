"""An access token, from the request for it to its end."""

import threading
from collections.abc import Callable

import pytest
import redis as redis_library

from tests.http.raw_server import SECONDS, Peer, Serve, always, answering
from tests.partners.tokens import (
    Clock,
    answer,
    early_ms,
    expire,
    key,
    life_ms,
    numbered,
    store_of,
    token_answer,
)
from tests.processes.waiting import until
from workers.partners.oauth.token_source import TokenSource


def test_the_request_is_client_credentials_in_a_form(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    server = serve(numbered())

    assert source(server).token() == "token-1"

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /oauth2/token HTTP/1.1\r\n")
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert body == (
        b"grant_type=client_credentials&client_id=client"
        b"&client_secret=canary-secret%26%3D%25"
    )


def test_a_resource_is_sent_when_there_is_one(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    server = serve(numbered())

    source(server, resource="e46124f9").token()

    assert server.requests[0].endswith(b"&resource=e46124f9")


def test_get_puts_the_same_into_the_query(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    server = serve(numbered())

    source(server, method="GET").token()

    first = server.requests[0].split(b"\r\n")[0]
    assert first == (
        b"GET /oauth2/token?grant_type=client_credentials&client_id=client"
        b"&client_secret=canary-secret%26%3D%25 HTTP/1.1"
    )


def test_a_token_is_renewed_before_its_end_while_the_old_one_serves(
    source: Callable[..., TokenSource],
    serve: Serve,
    redis: "redis_library.Redis",
) -> None:
    release = threading.Event()

    def act(peer: Peer) -> None:
        while peer.request():
            number = len(peer.server.requests)
            if number == 2:
                release.wait(SECONDS)
            peer.send(token_answer(number))

    server = serve(act)
    source(server).token()
    expire(redis, "refresh")
    one, other = source(server, clock=Clock()), source(server, clock=Clock())
    renewed: list[str] = []
    renewing = threading.Thread(target=lambda: renewed.append(one.token()))
    renewing.start()
    until("it is asked for", lambda: len(server.requests) == 2)

    meanwhile = [one.token(), other.token()]
    release.set()
    renewing.join(SECONDS)

    assert meanwhile == ["token-1", "token-1"]
    assert renewed == ["token-2"]
    assert source(server).token() == "token-2"


def test_a_failed_renewal_leaves_the_old_token_in_use(
    source: Callable[..., TokenSource], serve: Serve, redis: "redis_library.Redis"
) -> None:
    server = serve(answering(token_answer(), answer(503, b"")))
    source(server).token()
    expire(redis, "refresh")

    assert source(server).token() == "token-1"
    assert source(server).token() == "token-1"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"expires_in": 3599}, 3599),
        ({"expires_in": "3600", "expires_on": "1"}, 3600),
        ({"expires_in": 2_592_000}, 86_400),
        ({"expires_in": 0}, 300),
        ({"expires_in": "soon"}, 300),
        ({"expires_in": None}, 300),
        ({}, 300),
        ({"expires_on": "1562587331"}, 300),
        ({"expires_on": 9_999_999_999}, 86_400),
    ],
)
def test_the_life_of_a_token_is_what_is_stated_within_reason(
    source: Callable[..., TokenSource],
    serve: Serve,
    redis: "redis_library.Redis",
    fields: dict[str, object],
    seconds: float,
) -> None:
    source(serve(always(token_answer(fields=fields)))).token()

    early = min(60, seconds / 10)
    assert seconds - SECONDS < life_ms(redis) / 1_000 <= seconds
    assert early_ms(redis) == pytest.approx(1_000 * early, abs=1)


def test_a_token_that_has_ended_is_replaced(
    source: Callable[..., TokenSource], serve: Serve, redis: "redis_library.Redis"
) -> None:
    server = serve(numbered())
    source(server).token()
    expire(redis, "ends", "refresh")

    assert source(server).token() == "token-2"


def test_the_key_lives_on_for_a_day_at_most(
    source: Callable[..., TokenSource], serve: Serve, redis: "redis_library.Redis"
) -> None:
    source(serve(numbered())).token()

    assert 86_400 < redis.ttl(key(redis)) <= 90_000


def test_no_part_of_it_shows_a_secret(
    source: Callable[..., TokenSource],
    serve: Serve,
    redis: "redis_library.Redis",
) -> None:
    server = serve(numbered())
    tokens = source(server)
    tokens.token()

    shown = f"{vars(tokens)} {store_of(redis, server).take('me', 1)}"

    assert "canary" not in shown
    assert "token-1" not in shown
