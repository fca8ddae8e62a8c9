"""What Release, and who looks, ask of Redis does not grow with the destinations."""

from collections.abc import Sequence

import pytest
import redis

from tasks.concurrency import Destinations, by_name
from tasks.ledger_values import Hint
from tests.ledger import acts
from tests.ledger.clock import World, room_of
from tests.ledger.many import (
    commands,
    destinations,
    due,
    names,
    notify,
    world_of,
)
from workers.dispatch.slots import Slots
from workers.ledger.claims import ORDERED, PAGE, Claims
from workers.steps.release import Release

FEW, MANY = 10, 1_000
THREADS = 8


class Sent:
    """Remembers to whom hints were sent."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def send(self, hints: Sequence[Hint]) -> None:
        self.names += [hint.destination for hint in hints if hint.claims]


def release(world: World, sent: Sent, known: Destinations | None = None) -> Release:
    known = known or world.destinations
    return Release(
        world.claims,
        world.gates,
        sent,
        known,
        room_of(known).most_leased,
        1.0,
        lambda _: 0.001,
        Slots(THREADS),
    )


def turns(one: Release, world: World, count: int) -> None:
    for _ in range(count):
        one.turn()
        world.clock.advance(1)


def test_what_waits_for_its_moment_costs_a_look_nothing(redis: redis.Redis) -> None:
    asked = []
    for count in (FEW, MANY):
        redis.flushall()
        world = world_of(redis, count)
        # Under way at each: looked at when the first lease ends.
        notify(world, names(count))
        # One has something to do; a look at nothing ends before it meets the others.
        due(world, 1, "SO-2")
        claims = Claims(world.scripts, world.retention, ordered=0)
        asked.append(commands(redis, claims.ready))

    assert asked[0] == asked[1]


def test_a_look_puts_a_few_in_order_whatever_there_is(redis: redis.Redis) -> None:
    world = world_of(redis, MANY)
    notify(world, names(MANY))
    plain = commands(redis, Claims(world.scripts, world.retention, ordered=0).ready)

    # Redis answers some more than it is asked for; of each it takes five commands.
    assert commands(redis, world.claims.ready) - plain < 4 * 5 * ORDERED


def test_a_look_at_what_is_ready_is_bounded(redis: redis.Redis) -> None:
    world = world_of(redis, MANY)
    due(world, MANY)

    claims = Claims(world.scripts, world.retention, ordered=0)
    found = claims.ready()

    assert len(found.work) == PAGE
    assert found.more
    assert commands(redis, claims.ready) < 10 * PAGE


def test_a_destination_is_looked_at_when_something_is_due_there(
    redis: redis.Redis,
) -> None:
    world = world_of(redis, 1)
    notify(world, names(1))
    claims = Claims(world.scripts, world.retention, ordered=0)

    assert claims.ready().seconds == world.retention.lease / 1000
    world.clock.advance(world.retention.lease)
    assert [work.ended for work in claims.ready().work] == [1]


def test_a_turn_claims_no_more_than_there_are_threads_for(redis: redis.Redis) -> None:
    world, sent = world_of(redis, 2 * THREADS), Sent()
    due(world, 2 * THREADS)

    release(world, sent).turn()

    assert len(sent.names) == THREADS


def test_each_destination_has_its_turn_before_one_has_a_second(
    redis: redis.Redis,
) -> None:
    count = PAGE + 50
    world, sent = world_of(redis, count), Sent()
    due(world, count)
    due(world, count, "SO-2")
    one = release(world, sent)

    # Each turn has threads for so many calls, so two of a destination take two places.
    turns(one, world, count * 2 // THREADS + 1)

    first = sent.names[: count // 2]
    assert len(set(first)) == len(first)
    assert set(sent.names) == {f"ingram/{name}" for name in names(count)}


def test_destinations_that_nobody_here_knows_keep_no_others_waiting(
    redis: redis.Redis,
) -> None:
    world, sent = world_of(redis, 2 * PAGE + 1), Sent()
    due(world, 2 * PAGE)
    world.clock.advance(1)
    last = names(2 * PAGE + 1)[-1]
    acts.disable(world, f"ingram/{last}")
    notify(world, [last], "SO-2")
    acts.enable(world, f"ingram/{last}")
    only = by_name(destinations(2 * PAGE + 1)[-1:])

    turns(release(world, sent, only), world, 4)

    assert sent.names == [f"ingram/{last}"]


def test_a_shut_gate_is_asked_once_a_second_however_often_release_turns(
    redis: redis.Redis,
) -> None:
    world, sent = world_of(redis, 2), Sent()
    due(world, 1)
    world.gates.close("ingram/e0000", 3_600.0)
    one = release(world, sent)
    one.turn()
    found = Claims(world.scripts, world.retention, ordered=0)
    # The next look carries word of the gate.
    one.turn()

    assert found.ready().work == ()

    world.clock.advance(1_001)
    assert [work.destination for work in found.ready().work] == ["ingram/e0000"]


def test_work_that_an_older_release_has_written_is_found(redis: redis.Redis) -> None:
    world = world_of(redis, 1)
    due(world, 1)
    world.claims.ready()
    redis.delete("{wb:0}:next")

    assert [one.destination for one in world.claims.ready().work] == ["ingram/e0000"]


@pytest.mark.parametrize("back_ms", [5_000, 3_600_000])
def test_work_is_found_after_redis_clock_has_stepped_back(
    redis: redis.Redis, back_ms: int
) -> None:
    world = world_of(redis, 1)
    due(world, 1)
    # A worker has been there and found no thread; its word puts the next look to now.
    world.claims.ready({(0, "ingram/e0000"): 0.0})
    world.clock.advance(-back_ms)
    redis.zadd("{wb:0}:due:ingram/e0000", {"delivery:SO-1.e0000": world.clock.now_ms})

    assert [one.destination for one in world.claims.ready().work] == ["ingram/e0000"]


def test_what_waits_for_threads_is_counted_as_far_as_is_wanted(
    redis: redis.Redis,
) -> None:
    world = world_of(redis, MANY)
    due(world, MANY)
    waiting = world.claims.waiting()

    assert commands(redis, lambda: next(waiting)) < 3 * PAGE
    assert sum(count for _, count in world.claims.waiting()) == MANY


def test_destinations_with_much_to_do_leave_turns_to_the_others(
    redis: redis.Redis,
) -> None:
    world, sent = world_of(redis, 2 + THREADS), Sent()
    for n in range(30):
        due(world, 2, f"SO-{n}")
    world.clock.advance(1)
    due(world, 2 + THREADS, "SO-last")

    # The first two have taken all threads of the first turn.
    turns(release(world, sent), world, 3)

    assert set(sent.names) == {f"ingram/{name}" for name in names(2 + THREADS)}
