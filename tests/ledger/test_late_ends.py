"""Ends that come late, after a lease or a move: each is counted once, none is lost."""

from dataclasses import replace
from itertools import product

import pytest
import redis

from tasks.ledger_values import Hint
from tasks.outcomes.outcome import Again, GiveUp, Outcome
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.ledger.layouts import moved
from tests.ledger.places import broken
from workers.ledger.layout.layout import unmoved
from workers.ledger.layout.parcels import Parcels

ACME = "ingram/acme"
ORDER = "SO-1"
DESTINATIONS = ("deck", "westcon", ACME)

#: How a send ends of which nobody knows whether it arrived.
TIMED_OUT: tuple[Outcome, ...] = (
    Again(0.0, "no answer", "timeout", ambiguous=True),
    GiveUp("no answer", "timeout", ambiguous=True),
)


def begun(redis: redis.Redis) -> World:
    """A worker of one partition has a notification in a call; there may be eight."""
    world = build(redis, partitions=8)
    world.places.layout = unmoved(1)
    return world


def sending(world: World) -> Hint:
    """The notification's call is under way."""
    acts.admit(world, acts.notification())
    hint = claimed(world)
    acts.begin(world, hint)
    return hint


def claimed(world: World) -> Hint:
    return world.claims.claim(world.destinations[ACME], 0, 1, 8)


def taken_back(world: World, *, again: bool) -> None:
    """The lease ends; another worker gives back what it has claimed, or sends it."""
    world.clock.advance(world.retention.lease)
    hint = claimed(world)
    if again and hint.claims:
        world.ledger.begin(hint, hint.claims, "another")
        world.clock.advance(world.retention.lease)
        hint = claimed(world)
    if hint.claims:
        world.ledger.hand_back(hint, hint.claims, 60.0)


def carried(world: World) -> None:
    """The order moves; the worker whose call goes on has not heard of it."""
    stale = world.places.layout
    world.places.layout = moved(world.redis, 8)
    parcels = Parcels(world.scripts, DESTINATIONS)
    assert parcels.carry(0, {ORDER: ()}, world.places.layout).moved == 1
    world.places.layout = stale


@pytest.mark.parametrize(
    ("outcome", "sends", "moves"),
    [
        (outcome, sends, moves)
        for outcome, sends, moves in product(TIMED_OUT, (1, 2, 3), (False, True))
        if sends > 1 or not moves
    ],
)
def test_a_send_that_timed_out_is_counted_once_whoever_notices_first(
    redis: redis.Redis, outcome: Outcome, sends: int, *, moves: bool
) -> None:
    world = begun(redis)
    hint = sending(world)
    if sends > 1:
        taken_back(world, again=sends > 2)
    if moves:
        carried(world)

    for _ in range(2):
        world.ledger.settle(hint, "run", [acts.settlement(hint, outcome)])

    assert acts.counted(world, "ambiguous") == max(1, sends - 1)
    assert broken(redis) == []


def test_a_late_success_is_recorded_by_a_worker_that_is_to_begin_anew(
    redis: redis.Redis,
) -> None:
    """It is stopping, so that it does not look at the layout any more."""
    world = begun(redis)
    hint = sending(world)
    taken_back(world, again=False)
    carried(world)

    world.ledger.settle(hint, "run", [acts.settlement(hint, acts.DONE)])

    assert acts.state(world, "delivery:N1") == "done"
    assert acts.counted(world, "ambiguous") == 1
    assert broken(redis) == []


def test_a_late_success_is_recorded_though_its_order_is_in_a_parcel(
    redis: redis.Redis,
) -> None:
    """Its mover has died in between: the order comes home first."""
    world = begun(redis)
    hint = sending(world)
    taken_back(world, again=False)
    layout = moved(world.redis, 8)
    assert Parcels(world.scripts, DESTINATIONS).pack(0, ORDER, layout) == "packed"

    world.ledger.settle(hint, "run", [acts.settlement(hint, acts.DONE)])

    assert acts.state(world, "delivery:N1") == "done"
    assert broken(redis) == []


def test_the_end_of_what_is_nowhere_changes_nothing(redis: redis.Redis) -> None:
    world = begun(redis)
    hint = sending(world)
    gone = replace(acts.hint(ACME, "delivery:N9", 1), partition=hint.partition)

    world.ledger.settle(gone, "run", [acts.settlement(gone, acts.DONE)])

    assert acts.state(world, "delivery:N1") == "sending"
    assert broken(redis) == []
