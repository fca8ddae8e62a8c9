"""A heartbeat reports what a worker does, not what it was asked to do."""

import threading

import pytest
import redis

from tests.waybill.terminal import ABLE
from workers.ledger.identity.heartbeats import Heartbeat, Heartbeats
from workers.steps.heartbeat import STANDS_STILL, Pulse, heartbeat_loop, progress
from workers.steps.loop import Loop

QUEUES = ("deck", "orders")


class Clock:
    """Monotonic seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in ("heartbeat", "loop"):
        monkeypatch.setattr(f"workers.steps.{module}.time.monotonic", made)
    return made


def idle_loop(name: str) -> Loop:
    return Loop(name, lambda: 1.0, redis.RedisError)


def test_loops_that_turn_are_duties_that_are_done(clock: Clock) -> None:
    pulse = Pulse()
    pulse.turn()
    clock.now += STANDS_STILL - 1

    text = progress([idle_loop("intake")], QUEUES, pulse)

    assert text == {"queues": QUEUES, "intake": True, "release": False, "stuck": ()}


def test_loops_that_stand_still_are_stuck(clock: Clock) -> None:
    pulse, loops = Pulse(), [idle_loop("intake"), idle_loop("release")]
    pulse.turn()
    clock.now += STANDS_STILL + 1

    text = progress(loops, QUEUES, pulse)

    stuck = ("intake", "release", "queues")
    assert text == {"queues": (), "intake": False, "release": False, "stuck": stuck}


def test_a_worker_that_begins_serves_no_queue_yet_and_is_not_stuck(
    clock: Clock,
) -> None:
    pulse = Pulse()

    assert progress([], QUEUES, pulse)["stuck"] == ()
    clock.now += STANDS_STILL + 1
    assert progress([], QUEUES, pulse)["stuck"] == ("queues",)
    assert progress([], (), pulse)["stuck"] == ()


def test_the_first_turn_is_stated_at_once(clock: Clock) -> None:
    assert clock.now == 0
    pulse, text = Pulse(), []
    pulse.begins = lambda: text.append(1)

    pulse.turn()
    pulse.turn()

    assert text == [1]


def test_a_heartbeat_that_is_asked_to_stop_takes_its_word_back_at_once(
    redis: redis.Redis,
) -> None:
    heartbeats, spoke = Heartbeats(redis), threading.Event()

    def words() -> Heartbeat:
        spoke.set()
        return ABLE

    loop = heartbeat_loop(heartbeats, "one", words)
    loop.start()
    assert spoke.wait(20)

    loop.join(20)

    assert heartbeats.alive() == ()


def test_a_heartbeat_outlives_a_redis_that_is_away(
    redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.steps.loop.PAUSE", 0.0)
    heartbeats, again = Heartbeats(redis), threading.Event()
    real, attempts = heartbeats.beat, []

    def away_at_first(token: str, heartbeat: Heartbeat) -> None:
        attempts.append(token)
        if len(attempts) < 3:
            raise ConnectionError
        real(token, heartbeat)
        again.set()

    monkeypatch.setattr(heartbeats, "beat", away_at_first)
    loop = heartbeat_loop(heartbeats, "one", lambda: ABLE)

    loop.start()

    assert again.wait(20)
    assert [found.token for found in heartbeats.alive()] == ["one"]
    loop.join(20)
