"""The access token that all workers share."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import redis as redis_library

from tasks.errors import NotYet
from tests.clients.raw_server import SECONDS, Act, Peer, RawServer, always, answering
from tests.redis_servers import RedisServer, free_port
from workers.clients.http import HttpClient
from workers.clients.oauth import TokenSource, credential_name
from workers.clients.token_store import TokenStore

Serve = Callable[[Act], RawServer]
CANARY = "canary-secret&=%"


class Clock:
    """Monotonic seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source(
    redis: "redis_library.Redis", http: HttpClient, clock: Clock
) -> Callable[..., TokenSource]:
    def make(server: RawServer | str, **differently: Any) -> TokenSource:
        url = server if isinstance(server, str) else server.url("/oauth2/token")
        usual: dict[str, Any] = {
            "name": "westcon",
            "url": url,
            "client_id": "client",
            "client_secret": CANARY,
            "clock": clock,
            "dice": lambda: 0.5,
        }
        client = differently.pop("client", redis)
        return TokenSource(client, http, **usual | differently)

    return make


def key(redis: "redis_library.Redis") -> bytes:
    """The key of the only credential that a test uses."""
    (only,) = redis.keys("wb:token:westcon:*")
    return bytes(only)


def store_of(redis: "redis_library.Redis", server: RawServer | str) -> TokenStore:
    """What another process that has the same credential sees."""
    url = server if isinstance(server, str) else server.url("/oauth2/token")
    return TokenStore(redis, credential_name("westcon", url, "client", CANARY))


def answer(status: int, body: object, header: str = "") -> bytes:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n{header}\r\n"
    return head.encode() + text


def token_answer(number: int = 1, fields: Mapping[str, object] | None = None) -> bytes:
    said = {"expires_in": 3599} if fields is None else fields
    return answer(200, {"access_token": f"token-{number}", **said})


def numbered() -> Act:
    """Give token-1, token-2, … one after the other, over all connections."""
    lock = threading.Lock()
    given = 0

    def act(peer: Peer) -> None:
        nonlocal given
        while peer.request():
            with lock:
                given += 1
                content = token_answer(given)
            peer.send(content)

    return act


def life_ms(redis: "redis_library.Redis", name: str = "ends") -> float:
    seconds, microseconds = redis.time()
    ends = redis.hget(key(redis), name)
    assert isinstance(ends, bytes)
    return float(ends) - (seconds * 1_000 + microseconds / 1_000)


def expire(redis: "redis_library.Redis", *names: str) -> None:
    """Let these moments in the shared hash be past."""
    redis.hset(key(redis), mapping=dict.fromkeys(names, 1))


def in_threads(count: int, work: Callable[[], Any]) -> list[Any]:
    """Do the same at once; give results, or what was raised."""
    results: list[Any] = []
    barrier = threading.Barrier(count)

    def one() -> None:
        barrier.wait(SECONDS)
        try:
            results.append(work())
        except NotYet as error:
            results.append(error)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * SECONDS)
    return results


def refusal(tokens: TokenSource) -> NotYet:
    with pytest.raises(NotYet) as caught:
        tokens.token()
    assert caught.value.shared
    chain: BaseException | None = caught.value
    while chain is not None:
        assert "canary" not in f"{chain} {chain!r}"
        chain = chain.__cause__
    return caught.value


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
    while len(server.requests) < 2:
        assert renewing.is_alive()

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
def test_the_life_of_a_token_is_what_is_said_within_reason(
    source: Callable[..., TokenSource],
    serve: Serve,
    redis: "redis_library.Redis",
    fields: dict[str, object],
    seconds: float,
) -> None:
    source(serve(always(token_answer(fields=fields)))).token()

    early = min(60, seconds / 10)
    assert seconds - SECONDS < life_ms(redis) / 1_000 <= seconds
    assert life_ms(redis, "ends") - life_ms(redis, "refresh") == pytest.approx(
        1_000 * early, abs=50
    )


def test_a_token_that_has_ended_is_replaced(
    source: Callable[..., TokenSource], serve: Serve, redis: "redis_library.Redis"
) -> None:
    server = serve(numbered())
    source(server).token()
    expire(redis, "ends", "refresh")

    assert source(server).token() == "token-2"


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


@pytest.mark.parametrize(
    ("status", "body", "said"),
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
def test_a_refusal_says_what_to_look_at_and_is_not_asked_again_for_five_minutes(
    source: Callable[..., TokenSource],
    serve: Serve,
    status: int,
    body: object,
    said: str,
) -> None:
    server = serve(always(answer(status, body)))

    first, second = refusal(source(server)), refusal(source(server))

    assert (first.code, first.after) == ("token_refused", 300)
    assert said in str(first)
    assert str(second) == str(first)
    assert 299 < second.after <= 300
    assert len(server.requests) == 1


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


def test_the_key_lives_on_for_a_day_at_most(
    source: Callable[..., TokenSource], serve: Serve, redis: "redis_library.Redis"
) -> None:
    source(serve(numbered())).token()

    assert 86_400 < redis.ttl(key(redis)) <= 90_000


def test_a_new_secret_is_not_held_up_by_the_refusal_of_the_old(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    refused = answer(401, {"error": "invalid_client"})
    server = serve(answering(refused, answer(200, {"access_token": "good"})))
    assert refusal(source(server)).code == "token_refused"

    assert source(server, client_secret="mended").token() == "good"


def test_two_credentials_do_not_mix(
    source: Callable[..., TokenSource], serve: Serve
) -> None:
    server = serve(numbered())

    tokens = [source(server, name=name).token() for name in ("westcon", "ingram")]

    assert tokens == ["token-1", "token-2"]


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
