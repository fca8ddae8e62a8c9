"""How long results stay, and what a consumer group has not read."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import redis

from tests.defaults import RESULTS
from tests.ledger import acts
from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.results.reader import ResultReader
from workers.ledger.results.trimming import ResultTrimming

STREAM = keys.results(keys.prefix(0))

#: Entries of one node of a stream, which goes as a whole.
NODE = 100


def trimming(
    world: World, most: int, unread: int, age_ms: int = 10**13
) -> ResultTrimming:
    own = replace(RESULTS, retention=age_ms, most=most, most_unread=unread)
    return ResultTrimming(world.scripts, own, world.partitions)


def add(client: redis.Redis, count: int, ms: int = 1) -> list[str]:
    pipeline = client.pipeline(transaction=False)
    for n in range(count):
        pipeline.xadd(STREAM, {"event": "{}"}, id=f"{ms + n}-0")
    return [one.decode() for one in pipeline.execute()]


def left(client: redis.Redis) -> Sequence[str]:
    reader = ResultReader(client)
    return [one.entry for one in reader.after(reader.beginning(), 10_000)[0]]


def test_results_go_by_age_a_node_at_a_time(world: World) -> None:
    now = world.clock.now_ms
    add(world.redis, 3 * NODE, now - 10_000)
    kept = add(world.redis, NODE, now)

    dropped, unread = trimming(world, 10**6, 10**6, age_ms=5_000).trim()

    assert (dropped, unread) == (3 * NODE, 0)
    assert left(world.redis) == kept


def test_the_oldest_go_where_there_are_too_many(world: World) -> None:
    ids = add(world.redis, 5 * NODE)

    trimming(world, 2 * NODE, 10**6).trim()

    assert left(world.redis) == ids[-2 * NODE :]


@pytest.mark.parametrize("acknowledged", [True, False])
def test_what_a_group_has_not_read_or_acknowledged_stays(
    world: World, *, acknowledged: bool
) -> None:
    ids = add(world.redis, 5 * NODE)
    world.redis.xgroup_create(STREAM, "erp", id="0")
    world.redis.xreadgroup("erp", "one", {STREAM: ">"}, count=3 * NODE)
    world.redis.xack(STREAM, "erp", *ids[NODE : 3 * NODE])
    if acknowledged:
        world.redis.xack(STREAM, "erp", *ids[:NODE])

    trimming(world, 1, 10**6, age_ms=1).trim()

    first = 3 * NODE - NODE if acknowledged else 0
    assert left(world.redis)[:1] == ids[first : first + 1]
    assert acts.counted(world, "results_dropped") == 0


def test_one_look_drops_all_that_are_too_many(world: World) -> None:
    ids = add(world.redis, 21_000)

    assert trimming(world, NODE, 2 * NODE).trim() == (21_000 - NODE, 0)

    assert left(world.redis) == ids[-NODE:]
    assert acts.counted(world, "results_dropped") == 0


def test_a_hard_bound_holds_however_many_a_group_has_left(world: World) -> None:
    ids = add(world.redis, 21_000)
    world.redis.xgroup_create(STREAM, "gone", id="0")

    trimming(world, NODE, 2 * NODE).trim()

    assert left(world.redis) == ids[-2 * NODE :]
    assert acts.counted(world, "results_dropped") == 21_000 - 2 * NODE


def test_what_a_dead_consumer_held_and_was_dropped_keeps_nothing_more(
    world: World,
) -> None:
    ids = add(world.redis, 5 * NODE)
    world.redis.xgroup_create(STREAM, "erp", id="0")
    world.redis.xreadgroup("erp", "dead", {STREAM: ">"}, count=1)
    world.redis.xreadgroup("erp", "alive", {STREAM: ">"})
    world.redis.xack(STREAM, "erp", *ids[1:])
    trimming(world, NODE, 2 * NODE).trim()
    dropped = acts.counted(world, "results_dropped")
    more = add(world.redis, 3 * NODE, 10_000)
    world.redis.xreadgroup("erp", "alive", {STREAM: ">"})
    world.redis.xack(STREAM, "erp", *more)

    trimming(world, NODE, 2 * NODE).trim()

    assert acts.counted(world, "results_dropped") == dropped
    assert len(left(world.redis)) == NODE


def test_the_slowest_group_decides_up_to_the_hard_bound(world: World) -> None:
    ids = add(world.redis, 5 * NODE)
    world.redis.xgroup_create(STREAM, "gone", id="0")
    world.redis.xgroup_create(STREAM, "quick", id="$")

    trimming(world, NODE, 5 * NODE).trim()
    assert left(world.redis) == ids

    dropped, unread = trimming(world, NODE, 3 * NODE).trim()
    assert (dropped, unread) == (2 * NODE, 2 * NODE)
    assert left(world.redis) == ids[2 * NODE :]
    assert acts.counted(world, "results_dropped") == 2 * NODE


def test_of_too_many_that_were_read_no_more_go_than_need_to(world: World) -> None:
    """Whoever reads without a group finds what the settings promise."""
    ids = add(world.redis, 5 * NODE)
    world.redis.xgroup_create(STREAM, "erp", id="$")

    trimming(world, 2 * NODE, 10**6).trim()

    assert left(world.redis) == ids[-2 * NODE :]


def test_without_results_there_is_nothing_to_do(cut_world: World) -> None:
    assert trimming(cut_world, 1, 1).trim() == (0, 0)
