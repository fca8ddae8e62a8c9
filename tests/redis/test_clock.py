"""The time of day is Redis', whatever the worker's own clock shows."""

from datetime import UTC, datetime, timedelta

import pytest
import redis

from tests.redis_servers import free_port
from workers.redis.clients import hasty_client
from workers.redis.clock import GOOD_FOR, RedisClock


class Monotonic:
    """Seconds that the test counts."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def redis_ms(client: redis.Redis) -> int:
    seconds, micros = client.time()
    return int(seconds) * 1000 + int(micros) // 1000


def nobody() -> redis.Redis:
    """A client of a Redis that is not there."""
    return hasty_client(f"redis://127.0.0.1:{free_port()}/0", "clock")


def looks(client: redis.Redis) -> int:
    stats = client.info("commandstats").get("cmdstat_time", {"calls": 0})
    return int(stats["calls"])


def test_the_time_is_redis_time(
    redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.redis.clock.time.time_ns", lambda: 0)
    monkeypatch.setattr("workers.redis.clock.time.time", lambda: 0.0)

    before, reported, after = (
        redis_ms(redis),
        RedisClock(redis).now_ms(),
        redis_ms(redis),
    )

    # A round trip is halved, so that it may be a little early or late.
    assert before - 1000 <= reported <= after + 1000


def test_between_two_looks_it_is_counted_on(redis: redis.Redis) -> None:
    monotonic = Monotonic()
    clock = RedisClock(redis, monotonic)
    first, asked = clock.now(), looks(redis)

    monotonic.at += GOOD_FOR - 1

    assert clock.now() - first == timedelta(seconds=GOOD_FOR - 1)
    assert looks(redis) == asked


def test_after_a_while_redis_is_asked_again(redis: redis.Redis) -> None:
    monotonic = Monotonic()
    clock = RedisClock(redis, monotonic)
    clock.now_ms()
    asked = looks(redis)

    monotonic.at += GOOD_FOR
    reported = clock.now_ms()

    assert looks(redis) == asked + 1
    assert abs(reported - redis_ms(redis)) < 5000


def test_without_redis_what_was_seen_is_counted_on() -> None:
    monotonic = Monotonic()
    clock = RedisClock(nobody(), monotonic)
    clock._seen = (5_000.0, monotonic.at)

    monotonic.at += 2 * GOOD_FOR

    assert clock.now_ms() == 5_000 + 2 * GOOD_FOR * 1000


def test_a_worker_that_never_saw_redis_goes_by_its_own_clock() -> None:
    clock = RedisClock(nobody())

    before, reported, after = datetime.now(UTC), clock.now(), datetime.now(UTC)

    assert before - timedelta(milliseconds=1) <= reported <= after
