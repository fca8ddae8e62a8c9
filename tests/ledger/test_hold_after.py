"""Notifications that are given up in a row disable an endpoint, over all workers."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.defaults import endpoint_states
from tests.ledger.clock import World
from workers.ledger.endpoints.states import EndpointStates

MOST = 5


def states_of(world: World, hold_after: int = MOST) -> EndpointStates:
    return endpoint_states(
        world.redis, world.scripts, world.partitions, 0.0, hold_after
    )


def give_up(states: EndpointStates, times: int) -> list[str]:
    found = [states.failed("acme", "http_400", gave_up=True) for _ in range(times)]
    return [one.verdict for one in found]


def test_so_many_in_a_row_are_the_end(world: World) -> None:
    states = states_of(world)

    assert give_up(states, MOST) == ["noted"] * (MOST - 1) + ["hold"]
    assert states.states(["acme"])["acme"].given_up == MOST


def test_until_it_is_disabled_every_further_one_is_the_end_too(world: World) -> None:
    """The worker that was reported first may have died before it disabled anything."""
    states = states_of(world)
    give_up(states, MOST)

    assert give_up(states, 1) == ["hold"]
    states.disable("acme", "given up")
    assert give_up(states, 1) == ["noted"]


def test_enabling_begins_the_row_anew(world: World) -> None:
    states = states_of(world)
    give_up(states, MOST)
    states.disable("acme", "given up")

    states.enable("acme")

    assert states.states(["acme"])["acme"].given_up == 0
    assert give_up(states, MOST - 1) == ["noted"] * (MOST - 1)


def test_with_0_no_row_is_long_enough(world: World) -> None:
    assert set(give_up(states_of(world, 0), 200)) == {"noted"}


def test_one_endpoints_row_is_no_others(world: World) -> None:
    states = states_of(world)
    give_up(states, MOST - 1)

    assert states.failed("zeta", "http_400", gave_up=True).verdict == "noted"


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(["gave_up", "failed", "served"]), max_size=40))
def test_a_row_is_what_has_no_success_in_it(world: World, reported: list[str]) -> None:
    world.redis.flushall()
    world.clock.advance(0)
    fleet, row, expected, seen = [states_of(world) for _ in range(3)], 0, [], []
    for n, what in enumerate(reported):
        states = fleet[n % 3]
        if what == "served":
            states.served("acme")
            row = 0
            continue
        row += what == "gave_up"
        expected.append("hold" if row >= MOST else "noted")
        found = states.failed("acme", "http_400", gave_up=what == "gave_up")
        seen.append(found.verdict)

    assert seen == expected


@pytest.mark.parametrize("most", [1, 2, 50])
def test_the_row_is_as_long_as_the_setting_states(world: World, most: int) -> None:
    verdicts = give_up(states_of(world, most), most + 1)

    turns = [
        n for n, pair in enumerate(pairwise(["noted", *verdicts])) if len({*pair}) > 1
    ]
    assert turns == [most - 1]
