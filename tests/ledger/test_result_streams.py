"""Streams of results as an operator sees them."""

from tests.ledger.clock import World
from waybill.status.reasons import reasons
from waybill.status.snapshot import StatusSnapshot
from workers.ledger import keys
from workers.ledger.views.overview import Overview
from workers.ledger.views.result_streams import (
    ResultStream,
    is_kept_by_group,
    result_stream,
)

ROOT = keys.prefix(0)
STREAM = keys.results(ROOT)


def test_the_group_that_is_furthest_behind_is_named(world: World) -> None:
    for n in range(1, 4):
        world.redis.xadd(STREAM, {"event": "{}"}, id=f"{n}-0")
    world.redis.xgroup_create(STREAM, "erp", id="3-0")
    world.redis.xgroup_create(STREAM, "gone", id="1-0")

    assert result_stream(world.redis, ROOT) == ResultStream(3, "gone", 2, "1-0")


def test_without_a_stream_or_with_another_key_there_is_nothing(world: World) -> None:
    assert result_stream(world.redis, ROOT) == ResultStream()

    world.redis.set(STREAM, "x")

    assert result_stream(world.redis, ROOT) == ResultStream()


def fill(world: World, count: int = 100) -> list[str]:
    ids = [f"{n}-0" for n in range(1, count + 1)]
    for id_ in ids:
        world.redis.xadd(STREAM, {"event": "{}"}, id=id_)
    return ids


def kept(world: World, least: float) -> bool:
    return is_kept_by_group(world.redis, ROOT, result_stream(world.redis, ROOT), least)


def test_a_group_keeps_what_it_has_read_and_not_acknowledged(world: World) -> None:
    """Though it is the one that was given most."""
    ids = fill(world)
    for name, start in (("behind", "50-0"), ("pending", "0")):
        world.redis.xgroup_create(STREAM, name, id=start)
    world.redis.xreadgroup("pending", "one", {STREAM: ">"})
    world.redis.xack(STREAM, "pending", *ids[:9], *ids[10:])

    seen = result_stream(world.redis, ROOT)

    assert seen == ResultStream(100, "pending", 51, "10-0")
    assert (kept(world, 91), kept(world, 92)) == (True, False)


def test_a_group_that_has_read_nothing_keeps_all(world: World) -> None:
    fill(world)
    world.redis.xgroup_create(STREAM, "erp", id="0")

    assert (kept(world, 100), kept(world, 101)) == (True, False)


def test_what_a_group_held_and_is_gone_keeps_nothing(world: World) -> None:
    ids = fill(world)
    world.redis.xgroup_create(STREAM, "erp", id="0")
    world.redis.xreadgroup("erp", "one", {STREAM: ">"})
    world.redis.xack(STREAM, "erp", *ids[1:])
    world.redis.xtrim(STREAM, minid="5-0", approximate=False)

    assert result_stream(world.redis, ROOT) == ResultStream(96, "erp", None, "100-0")


def test_as_many_as_may_be_kept_anyhow_are_kept_by_no_group(world: World) -> None:
    """Also where a group could keep hardly more."""
    fill(world, 2500)
    assert not kept(world, 100)

    world.redis.xgroup_create(STREAM, "current", id="$")
    assert not kept(world, 2)

    world.redis.xgroup_create(STREAM, "behind", id="1100-0")
    assert (kept(world, 1401), kept(world, 1402)) == (True, False)


def test_status_is_not_well_before_results_are_dropped_unread() -> None:
    held = ResultStream(900, "gone", kept_from="7-0")

    def why(*unread: ResultStream) -> list[str]:
        texts = reasons(StatusSnapshot(Overview(results=[held]), unread=unread))
        return [one for one in texts if "results are kept" in one]

    assert why() == []
    (only,) = why(held)
    assert "since group gone has not read and acknowledged them (from 7-0 on)" in only
    assert "WAYBILL_RESULTS__MAX_UNREAD" in only
