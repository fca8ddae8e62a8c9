"""Tokens as a partner's endpoint gives them, and what of them is in Redis."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import redis as redis_library

from tasks.outcomes.errors import NotYet
from tests.http.raw_server import SECONDS, Act, Peer, RawServer
from workers.partners.oauth.token_source import TokenSource, credential_name
from workers.partners.oauth.token_store import TokenStore
from workers.redis.answers import octets

CANARY = "canary-secret&=%"


class Clock:
    """Monotonic seconds that pass when ordered to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def key(redis: "redis_library.Redis") -> bytes:
    """The key of the only credential that a test uses."""
    (only,) = redis.keys("wb:token:westcon:*")
    return octets(only)


def store_of(redis: "redis_library.Redis", server: RawServer | str) -> TokenStore:
    """What another process that has the same credential sees."""
    url = server if isinstance(server, str) else server.url("/oauth2/token")
    return TokenStore(redis, credential_name("westcon", url, "client", CANARY))


def answer(status: int, body: object, header: str = "") -> bytes:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n{header}\r\n"
    return head.encode() + text


def token_answer(number: int = 1, fields: Mapping[str, object] | None = None) -> bytes:
    members = {"expires_in": 3599} if fields is None else fields
    return answer(200, {"access_token": f"token-{number}", **members})


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


def life_ms(redis: "redis_library.Redis") -> float:
    """How long the token is good from now on."""
    seconds, microseconds = redis.time()
    return _moment(redis, "ends") - (seconds * 1_000 + microseconds / 1_000)


def early_ms(redis: "redis_library.Redis") -> float:
    """How long before its end the token is renewed."""
    return _moment(redis, "ends") - _moment(redis, "refresh")


def _moment(redis: "redis_library.Redis", name: str) -> float:
    found = redis.hget(key(redis), name)
    assert isinstance(found, bytes)
    return float(found)


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
