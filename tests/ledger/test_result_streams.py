"""Streams of results as an operator sees them."""

from tests.ledger.clock import World
from waybill.status.reasons import reasons
from waybill.status.snapshot import StatusSnapshot
from workers.ledger import keys
from workers.ledger.views.overview import Overview
from workers.ledger.views.result_streams import ResultStream, result_stream

ROOT = keys.prefix(0)
STREAM = keys.results(ROOT)


def test_the_group_that_is_furthest_behind_is_named(world: World) -> None:
    for n in range(1, 4):
        world.redis.xadd(STREAM, {"event": "{}"}, id=f"{n}-0")
    world.redis.xgroup_create(STREAM, "erp", id="3-0")
    world.redis.xgroup_create(STREAM, "gone", id="1-0")

    assert result_stream(world.redis, ROOT) == ResultStream(3, "gone")


def test_without_a_stream_or_with_another_key_there_is_nothing(world: World) -> None:
    assert result_stream(world.redis, ROOT) == ResultStream()

    world.redis.set(STREAM, "x")

    assert result_stream(world.redis, ROOT) == ResultStream()


def test_status_is_not_well_before_results_are_dropped_unread() -> None:
    def why(entries: int) -> list[str]:
        found = Overview(results=[ResultStream(entries, "gone")])
        texts = reasons(StatusSnapshot(found, most_results=1000))
        return [one for one in texts if "results are kept" in one]

    assert why(899) == []
    (only,) = why(900)
    assert "since group gone has not read them" in only
    assert "WAYBILL_RESULTS__MAX_UNREAD" in only
