"""A Redis that is away, frozen or full: the door answers so, and promises nothing."""

from collections.abc import Iterator

import pytest

from tests.redis_servers import RedisServer, binaries, running
from tests.serve.conftest import Caller, opened, tokens
from tests.serve.test_events import entries, event


@pytest.fixture
def own() -> Iterator[RedisServer]:
    binary = next(iter(binaries().values()))
    # What has been answered is in its file, however it ends.
    kept = ("--appendonly", "yes", "--appendfsync", "always")
    with running(binary, *kept) as server:
        yield server


@pytest.fixture
def caller(own: RedisServer) -> Iterator[Caller]:
    environ = {"WAYBILL_REDIS_URL": own.url, "WAYBILL_HTTP__TOKENS": tokens()}
    with opened(environ) as door:
        yield door


def test_while_redis_is_away_nothing_is_promised_and_then_it_goes_on(
    own: RedisServer, caller: Caller
) -> None:
    kept = caller.post(event("SO-1")).json()["events"][0]
    own.kill()

    away = caller.post(event("SO-2"))
    ready = caller.get("/ready")
    own.start()
    again = caller.post(event("SO-1"))
    then = caller.post(event("SO-2"))

    assert (away.status_code, ready.status_code) == (503, 503)
    assert "in doubt" in away.json()["detail"]
    assert int(away.headers["retry-after"]) > 0
    assert again.json()["events"] == [kept | {"again": True}]
    assert then.status_code == 202
    with own.client() as client:
        assert len(entries(client)) == 2


def test_a_full_redis_is_answered_with_when_to_come_again(
    own: RedisServer, caller: Caller
) -> None:
    with own.client() as client:
        client.config_set("maxmemory", "1")

        full = caller.post(event("SO-1"))

        client.config_set("maxmemory", "0")
        assert full.status_code == 429, full.text
        assert "is full" in full.json()["detail"]
        assert not entries(client)
    assert caller.post(event("SO-1")).status_code == 202


def test_what_no_replica_confirms_is_in_doubt_and_may_be_posted_again(
    own: RedisServer,
) -> None:
    environ = {
        "WAYBILL_REDIS_URL": own.url,
        "WAYBILL_HTTP__TOKENS": tokens(),
        "WAYBILL_DURABILITY": "wait:1:50",
    }
    with opened(environ) as door:
        answers = [door.post(event("SO-1")) for _ in range(2)]

    for answer in answers:
        assert answer.status_code == 504
        assert "in doubt" in answer.json()["detail"]
        assert int(answer.headers["retry-after"]) > 0
    with own.client() as client:
        assert len(entries(client)) == 1
