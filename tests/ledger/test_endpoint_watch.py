"""A worker's watch over the endpoints: what it reports, and how often."""

import pytest
import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.defaults import endpoint_states
from tests.ledger import acts
from tests.ledger.clock import World, build
from workers.ledger import keys
from workers.ledger.endpoints.states import EndpointStates
from workers.ledger.endpoints.watch import SERVED_SECONDS, EndpointWatch
from workers.ledger.scripts import Scripts

DAY_MS = 86_400_000


class Clock:
    """Monotonic seconds that pass when the test wants it."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def watched(world: World, disable_after: float = 432_000.0) -> EndpointStates:
    return endpoint_states(world.redis, world.scripts, 1, disable_after)


def test_an_endpoint_that_fails_for_days_is_warned_of_and_then_disabled(
    redis: redis.Redis,
) -> None:
    world = build(redis)
    states = watched(world)
    watch = EndpointWatch(states)

    with structlog.testing.capture_logs() as lines:
        for _ in range(61):
            watch.failed("acme", "http_503")
            world.clock.advance(DAY_MS // 10)

    reported = [(line["event"], line["log_level"]) for line in lines]
    assert reported == [("endpoint_failing", "warning")] * 4 + [
        ("endpoint_disabled", "error")
    ]
    state = states.states(["acme"])["acme"]
    assert state.disabled
    assert state.why == "51 calls in a row have failed, the last with http_503"


def test_a_row_of_what_was_given_up_disables_with_one_warning_over_all_workers(
    redis: redis.Redis,
) -> None:
    world = build(redis)
    states = endpoint_states(world.redis, world.scripts, 1, 432_000.0, 50)
    watches = [EndpointWatch(states) for _ in range(4)]

    with structlog.testing.capture_logs() as lines:
        for _ in range(20):
            for watch in watches:
                watch.failed("acme", "http_400", gave_up=True)

    [line] = lines
    assert (line["event"], line["log_level"]) == ("endpoint_disabled", "warning")
    assert (line["given_up"], line["code"]) == (50, "http_400")
    state = states.states(["acme"])["acme"]
    assert state.disabled
    why = "50 notifications in a row were given up, the last with http_400"
    assert state.why == line["why"] == why


def test_a_success_in_between_is_reported_at_once(redis: redis.Redis) -> None:
    world = build(redis)
    states = endpoint_states(world.redis, world.scripts, 1, 0.0, 2)
    watch = EndpointWatch(states, Clock())

    for _ in range(10):
        watch.failed("acme", "http_400", gave_up=True)
        watch.served("acme")

    assert not states.states(["acme"])["acme"].disabled


def test_a_success_is_reported_once_in_a_while_and_at_once_behind_a_failure(
    redis: redis.Redis,
) -> None:
    world, clock = build(redis), Clock()
    states = watched(world)
    watch, other = EndpointWatch(states, clock), EndpointWatch(states, clock)
    watch.served("acme")
    other.failed("acme", "timeout")
    watch.served("acme")
    in_between = redis.exists(keys.endpoint("acme"))
    clock.seconds += SERVED_SECONDS

    watch.served("acme")
    # It goes with what the thread records next.
    acts.claim(world)

    assert (in_between, redis.exists(keys.endpoint("acme"))) == (1, 0)
    watch.failed("acme", "timeout")
    watch.served("acme")
    assert redis.exists(keys.endpoint("acme")) == 0


def test_an_endpoint_that_is_gone_is_reported_once(redis: redis.Redis) -> None:
    watch = EndpointWatch(watched(build(redis)))

    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            watch.disable("acme", "acme answered 410")

    assert [(line["event"], line["why"]) for line in lines] == [
        ("endpoint_disabled", "acme answered 410")
    ]


def test_a_redis_that_does_not_answer_stops_no_delivery() -> None:
    once = Retry(NoBackoff(), 0)
    nobody = redis.Redis(unix_socket_path="/nowhere/redis.sock", retry=once)
    watch = EndpointWatch(endpoint_states(nobody, Scripts(nobody), 1, 60.0))

    watch.served("acme")
    watch.failed("acme", "timeout")

    with pytest.raises(redis.ConnectionError):
        watch.disable("acme", "acme answered 410")
