"""One access token serves all workers: one asks, the others wait for it."""

import threading
from collections.abc import Callable

import redis as redis_library

from tests.http.raw_server import SECONDS, Peer, Serve
from tests.partners.tokens import (
    Clock,
    in_threads,
    key,
    numbered,
    refusal,
    store_of,
    token_answer,
)
from workers.fields.instance import Instance
from workers.partners.oauth.token_source import TokenSource


def test_one_token_serves_all_processes(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    server = serve(numbered())

    tokens = [source(server).token() for _ in range(5)]

    assert tokens == ["token-1"] * 5
    assert len(server.requests) == 1


def test_a_process_asks_redis_only_now_and_then(
    source: Callable[..., TokenSource],
    serve: Serve,
    redis: "redis_library.Redis",
    clock: Clock,
) -> None:
    tokens = source(serve(numbered()))
    tokens.token()
    redis.hset(key(redis), "token", "token-of-another-process")

    clock.now += 4.9
    before = tokens.token()
    clock.now += 0.2
    after = tokens.token()

    assert (before, after) == ("token-1", "token-of-another-process")


def test_fifty_threads_without_a_token_ask_once(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    def late(peer: Peer) -> None:
        while peer.request():
            peer.server.stopping.wait(0.2)
            peer.send(token_answer())

    server = serve(late)
    # Five processes of ten threads.
    sources = [source(server, clock=Clock()) for _ in range(5)]
    turns = iter(sources * 10)

    results = in_threads(50, lambda: next(turns).token())

    assert results == ["token-1"] * 50
    assert len(server.requests) == 1


def test_fifty_refusals_of_one_token_get_one_new_token(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    server = serve(numbered())
    sources = [source(server, clock=Clock()) for _ in range(5)]
    turns = iter(sources * 10)
    for one in sources:
        one.token()

    def call_with_refused_token() -> str:
        tokens = next(turns)
        if (token := tokens.token()) == "token-1":
            tokens.rejected(token)
            token = tokens.token()
        return token

    results = in_threads(50, call_with_refused_token)

    assert set(results) == {"token-2"}
    assert len(server.requests) == 2


def test_a_late_refusal_does_not_forget_the_new_token(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    server = serve(numbered())
    tokens = source(server)
    tokens.token()
    tokens.rejected("token-1")
    tokens.token()

    tokens.rejected("token-1")

    assert tokens.token() == "token-2"
    assert len(server.requests) == 2


def test_who_waits_for_another_process_gets_its_token(
    source: Callable[..., TokenSource], redis: "redis_library.Redis"
) -> None:
    store = store_of(redis, "http://127.0.0.1:9/")
    assert store.take("another process", 60).verdict == "ask"
    results: list[str] = []
    tokens = source("http://127.0.0.1:9/", clock=Clock())
    waiting = threading.Thread(target=lambda: results.append(tokens.token()))
    waiting.start()

    store.store("another process", "its-token", 3_600, 3_500)
    waiting.join(SECONDS)

    assert results == ["its-token"]


def test_an_asker_that_died_holds_nobody_up_for_long(
    source: Callable[..., TokenSource], serve: Serve, redis: "redis_library.Redis"
) -> None:
    server = serve(numbered())
    store_of(redis, server).take("it died", 0.1)

    assert source(server, clock=Clock()).token() == "token-1"


def test_waiting_for_another_process_ends_at_the_deadline(
    source: Callable[..., TokenSource], redis: "redis_library.Redis"
) -> None:
    store_of(redis, "http://127.0.0.1:9/").take("it is slow", 60)

    error = refusal(source("http://127.0.0.1:9/", deadline=0.0))

    assert error.code == "token_unavailable"


def test_the_failure_of_one_who_was_too_late_is_not_remembered(
    redis: "redis_library.Redis",
) -> None:
    store = store_of(redis, "http://127.0.0.1:9/")
    store.take("first", 0.001)
    while store.take("second", 60).verdict != "ask":
        pass

    store.fail("first", 60, "token_unavailable", "too late")

    assert store.take("third", 60).verdict == "wait"


def test_two_credentials_do_not_mix(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    server = serve(numbered())

    dach = Instance("westcon", "account", "dach")
    who = (Instance("westcon"), dach, Instance("ingram"))
    tokens = [source(server, instance=one).token() for one in who]

    # Two accounts with the same client have a token each: what one of them is refused
    # takes none from the other.
    assert tokens == ["token-1", "token-2", "token-3"]
