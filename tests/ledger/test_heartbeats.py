"""Who is alive: whoever has reported it lately, by Redis' clock."""

import json

import pytest
import redis

from tests.ledger.clock import Clocked, World
from workers.ledger import keys
from workers.ledger.identity.heartbeats import HOLDS_MS, SWEEPS, Heartbeat, Heartbeats
from workers.redis.answers import text

FULL = Heartbeat(
    name="a@h",
    host="h",
    pid=7,
    version="1.0",
    queues=("deck", "orders"),
    intake=True,
    health_port=9808,
    threads=32,
    up_seconds=5.0,
)


@pytest.fixture
def heartbeats(world: World) -> Heartbeats:
    """On the test's clock."""
    return Heartbeats(world.redis, Clocked(world.redis, world.clock))


def tokens(world: World) -> list[str]:
    return sorted(map(text, world.redis.hkeys(keys.WORKERS)))


def test_what_a_worker_states_is_read_again(redis: redis.Redis) -> None:
    heartbeats = Heartbeats(redis)

    heartbeats.beat("one", FULL)

    [found] = heartbeats.alive()
    assert (found.token, found.heartbeat) == ("one", FULL)
    assert found.seen_ms - found.started_ms == 5_000
    assert found.quiet_ms < HOLDS_MS


def test_nobody_is_alive_on_an_empty_redis(redis: redis.Redis) -> None:
    assert Heartbeats(redis).alive() == ()


def test_who_stops_is_gone_at_once_and_the_others_stay(redis: redis.Redis) -> None:
    heartbeats = Heartbeats(redis)
    heartbeats.beat("one", FULL)
    heartbeats.beat("two", FULL)

    heartbeats.end("one")
    heartbeats.end("one")

    assert [found.token for found in heartbeats.alive()] == ["two"]


def test_who_states_nothing_is_dropped_by_a_later_word_of_another(
    world: World, heartbeats: Heartbeats
) -> None:
    heartbeats.beat("silent", FULL)
    world.clock.advance(HOLDS_MS)
    for _ in range(SWEEPS):
        heartbeats.beat("late", FULL)
    assert tokens(world) == ["late", "silent"]

    world.clock.advance(1)
    for _ in range(SWEEPS):
        heartbeats.beat("late", FULL)

    assert tokens(world) == ["late"]


def test_an_old_word_counts_no_longer_though_it_is_there(redis: redis.Redis) -> None:
    seconds, _ = redis.time()
    old = f"{(int(seconds) - 60) * 1000} {json.dumps({'name': 'a@h'})}"
    redis.hset(keys.WORKERS, "old", old)

    assert Heartbeats(redis).alive() == ()


def test_the_key_ends_with_the_last_worker(redis: redis.Redis) -> None:
    Heartbeats(redis).beat("one", FULL)

    assert 0 < redis.pttl(keys.WORKERS) <= SWEEPS * HOLDS_MS


def test_what_a_newer_release_adds_does_not_matter(redis: redis.Redis) -> None:
    heartbeats = Heartbeats(redis)
    heartbeats.beat("one", FULL)
    word = text(redis.hget(keys.WORKERS, "one"))
    ms, _, heartbeat = word.partition(" ")
    newer = json.loads(heartbeat) | {"mood": "good"}
    redis.hset(keys.WORKERS, "one", f"{ms} {json.dumps(newer)}")
    redis.hset(keys.WORKERS, "two", f'{ms} {{"name": "older@h"}}')

    heartbeats_again = [found.heartbeat for found in heartbeats.alive()]

    assert heartbeats_again == [FULL, Heartbeat("older@h")]
