"""Endpoints that fail for days, that are disabled, and that are enabled again."""

import threading

import pytest
import redis

from tests.defaults import endpoint_states
from tests.ledger import acts
from tests.ledger.clock import World, build
from workers.ledger import keys
from workers.ledger.endpoints.states import EndpointStates, Failing

DAY_MS = 86_400_000
FIVE_DAYS = 432_000.0


def states_of(world: World, disable_after: float = FIVE_DAYS) -> EndpointStates:
    return endpoint_states(world.redis, world.scripts, world.partitions, disable_after)


def verdicts(world: World, states: EndpointStates, days: int, a_day: int) -> list[str]:
    """What failures lead to that come so many a day, all days alike."""
    found: list[str] = []
    for _ in range(days * a_day):
        found.append(states.failed("acme", "http_503").verdict)
        world.clock.advance(DAY_MS // a_day)
    return found


def test_five_days_of_failing_are_warned_of_four_times_and_then_disable(
    world: World,
) -> None:
    found = verdicts(world, states_of(world), days=6, a_day=10)

    reported = {day: found[10 * day] for day in range(6)}
    assert reported == {0: "noted", 1: "warn", 2: "warn", 3: "warn", 4: "warn"} | {
        5: "disable"
    }
    assert found.count("warn") == 4
    assert found.index("disable") == 50


def test_it_is_reported_since_when_and_how_often(world: World) -> None:
    states, began = states_of(world), world.clock.now_ms
    states.failed("acme", "timeout")
    world.clock.advance(1_000)

    assert states.failed("acme", "http_503") == Failing("noted", began, 2)
    seen = states.states(["acme"])["acme"]
    assert (seen.failing_ms, seen.failures, seen.code) == (began, 2, "http_503")
    assert not seen.disabled


def test_one_success_begins_the_count_anew(world: World) -> None:
    states = states_of(world)
    verdicts(world, states, days=4, a_day=10)

    states.served("acme")

    assert verdicts(world, states, days=1, a_day=10).count("warn") == 0


def test_few_failures_disable_nothing_however_long_they_last(world: World) -> None:
    states = states_of(world)

    assert verdicts(world, states, days=4, a_day=1) == ["noted"] * 4


def test_where_nothing_was_sent_for_two_days_failing_begins_anew(
    world: World,
) -> None:
    states_of(world).failed("acme", "http_503")

    left = world.redis.pttl(keys.endpoint("acme"))

    assert 2 * DAY_MS - 10_000 < left <= 2 * DAY_MS


def test_without_a_term_failing_never_disables(world: World) -> None:
    states = states_of(world, disable_after=0.0)

    assert set(verdicts(world, states, days=9, a_day=6)) == {"noted"}


def test_a_disabled_endpoint_gets_nothing_and_loses_nothing(cut_world: World) -> None:
    world, states = cut_world, states_of(cut_world)
    waits = acts.admit(world, acts.notification("N1")).leased[0]
    world.ledger.hand_back(waits, waits.claims)

    assert states.disable("acme", "acme answered 410")
    acts.admit(world, acts.notification("N2"), number="SO-2")

    assert acts.claim(world, "ingram/acme").claims == ()
    seen = states.states(["acme", "zeta"])
    assert (seen["acme"].disabled, seen["acme"].why) == (True, "acme answered 410")
    assert seen["acme"].disabled_ms == world.clock.now_ms
    assert (seen["acme"].waiting, seen["acme"].leased) == (2, 0)
    assert not seen["zeta"].disabled
    assert list(world.letters.all()) == []


def test_enabling_sends_on_what_waited(cut_world: World) -> None:
    world, states = cut_world, states_of(cut_world)
    states.disable("acme", "a person")
    acts.admit(world, acts.notification("N1"))

    assert states.enable("acme")

    assert acts.going(world, acts.claim(world, "ingram/acme")) == ["delivery:N1"]
    assert not states.states(["acme"])["acme"].disabled
    assert world.redis.exists(keys.endpoint("acme")) == 0


@pytest.mark.parametrize("times", [1, 2, 3])
def test_disabling_and_enabling_may_be_ordered_more_than_once(
    world: World, times: int
) -> None:
    states = states_of(world)

    disabled = [states.disable("acme", f"reason {n}") for n in range(times)]
    why = states.states(["acme"])["acme"].why
    enabled = [states.enable("acme") for _ in range(times)]

    assert disabled == [True, False, False][:times]
    assert why == "reason 0"
    assert enabled == [True, False, False][:times]


def test_the_reason_of_a_disabled_endpoint_stays(world: World) -> None:
    states = states_of(world)
    states.failed("acme", "http_503")
    states.disable("acme", "it answered 410")

    states.failed("acme", "http_503")
    states.served("acme")

    assert world.redis.pttl(keys.endpoint("acme")) == -1
    assert states.states(["acme"])["acme"].why == "it answered 410"


def test_a_command_that_was_cut_short_is_completed_by_the_next(
    redis: redis.Redis,
) -> None:
    world = build(redis, partitions=4)
    states = states_of(world)
    redis.sadd(keys.prefix(2) + "parked", "ingram/acme")

    assert states.states(["acme"])["acme"].disabled
    states.disable("acme", "a person")
    assert all(
        redis.sismember(keys.prefix(n) + "parked", "ingram/acme") for n in range(4)
    )
    states.enable("acme")
    assert not states.states(["acme"])["acme"].disabled


@pytest.mark.parametrize("workers", [2, 16])
def test_of_many_that_disable_at_once_one_learns_that_it_has(
    world: World, workers: int
) -> None:
    barrier, reported = threading.Barrier(workers), []

    def disable(n: int) -> None:
        states = states_of(world)
        barrier.wait()
        if states.disable("acme", f"reason {n}"):
            reported.append(f"reason {n}")

    for _ in range(10):
        reported.clear()
        threads = [threading.Thread(target=disable, args=(n,)) for n in range(workers)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

        assert reported == [states_of(world).states(["acme"])["acme"].why]
        states_of(world).enable("acme")


def test_one_that_is_called_but_every_few_days_is_known_to_fail_all_the_same(
    world: World,
) -> None:
    states = endpoint_states(
        world.redis, world.scripts, world.partitions, FIVE_DAYS, longest=4 * 86_400.0
    )
    found = []
    for _ in range(5):
        found.append(states.failed("acme", "http_503").verdict)
        world.clock.advance(4 * DAY_MS)

    assert found[-1] == "disable"
