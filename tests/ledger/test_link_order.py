"""Of an order's links the newest wins, whatever clocks, retention and replays do."""

from typing import Any

import pytest

from serializers.events.entry_fields import first_entry, of_event
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import where

ORDER = "{wb:0}:order:SO-1"
RECORD = "{wb:0}:record:SO-1"


def linked(world: World, id_: str) -> None:
    """DECK takes a link."""
    hint = acts.sent(world, acts.admit(world, acts.link(id_)).leased[0])
    assert acts.settle(world, hint, acts.DONE) == ["done"]


def retention_ends(world: World) -> None:
    """Whatever of the order has an end is gone."""
    for key in list(world.redis.scan_iter("{wb:0}:*SO-1")):
        if world.redis.pttl(key) >= 0:
            world.redis.delete(key)


@pytest.mark.parametrize("ms", [1, 5_000, 3_600_000])
def test_an_older_link_is_refused_although_the_clock_has_stepped_back(
    world: World, ms: int
) -> None:
    acts.dead(world, acts.link("L1"))
    world.clock.advance(-ms)
    linked(world, "L2")

    assert world.letters.replay("delivery:L1") == "refused"


def test_the_newest_link_may_go_although_the_clock_has_stepped_back(
    world: World,
) -> None:
    linked(world, "L1")
    world.clock.advance(-5_000)
    acts.dead(world, acts.link("L2"))

    assert world.letters.replay("delivery:L2") == "replayed"


def test_an_older_link_is_refused_after_its_order_was_forgotten(world: World) -> None:
    acts.dead(world, acts.link("L1"))
    linked(world, "L2")

    retention_ends(world)

    assert world.redis.exists(RECORD) == 0
    assert world.letters.replay("delivery:L1") == "refused"


def test_an_order_counts_on_while_a_letter_of_it_lives(world: World) -> None:
    acts.dead(world, acts.link("L1"))
    retention_ends(world)

    linked(world, "L2")
    retention_ends(world)

    assert acts.field(world, "delivery:L2", "seq") == "2"
    assert world.letters.replay("delivery:L1") == "refused"


def test_an_order_whose_deliveries_have_ended_is_forgotten(world: World) -> None:
    acts.dead(world, acts.link("L1"))
    linked(world, "L2")
    retention_ends(world)

    world.letters.discard("delivery:L1")

    assert 0 < world.redis.pttl(ORDER) <= world.retention.delivery_retention
    retention_ends(world)
    assert world.redis.exists(ORDER, "{wb:0}:log:SO-1") == 0


def test_a_success_that_is_reported_twice_counts_one_end(world: World) -> None:
    acts.dead(world, acts.link("L1"))
    hint = acts.sent(world, acts.admit(world, acts.link("L2")).leased[0])

    for _ in range(2):
        acts.settle(world, hint, acts.DONE)

    assert acts.field(world, "watch:westcon:SO-1", "open") == "1"


def test_a_late_success_of_what_was_discarded_counts_no_second_end(
    world: World,
) -> None:
    acts.dead(world, acts.link("L1"))
    hint = acts.dead(world, acts.link("L2"))
    world.letters.discard("delivery:L2")

    acts.settle(world, hint, acts.DONE)

    assert acts.field(world, "watch:westcon:SO-1", "open") == "1"
    assert world.letters.replay("delivery:L1") == "refused"


def test_a_replayed_link_ends_at_the_late_success_of_a_newer_one(world: World) -> None:
    acts.dead(world, acts.link("L1"))
    newer = acts.dead(world, acts.link("L2"))
    world.letters.replay("delivery:L1")

    acts.settle(world, newer, acts.DONE)

    assert acts.state(world, "delivery:L1") == "superseded"
    assert where(world.redis, "delivery:L1") == ["ended"]


def test_a_replayed_link_under_way_does_not_come_again_after_a_newer_success(
    world: World,
) -> None:
    acts.dead(world, acts.link("L1"))
    newer = acts.dead(world, acts.link("L2"))
    world.letters.replay("delivery:L1")
    older = acts.sent(world, acts.claim(world), "other")

    acts.settle(world, newer, acts.DONE)

    assert acts.settle(world, older, acts.AGAIN, "other") == ["superseded"]


def test_a_link_of_the_first_releases_is_older_than_any_of_this_one(
    world: World,
) -> None:
    acts.dead(world, acts.link("L1"))
    world.redis.hdel("{wb:0}:delivery:L1", "open")
    world.redis.hset("{wb:0}:delivery:L1", mapping={"seq": 9})
    linked(world, "L2")

    assert world.letters.replay("delivery:L1") == "refused"


def test_an_event_is_dated_by_its_first_entry_however_often_it_is_replayed(
    world: World,
) -> None:
    world.stream.make()
    first = entry = world.stream.publish(b"event")
    for _ in range(3):
        fields = world.stream.entries([entry])[entry]
        assert isinstance(fields, tuple)
        assert first_entry(fields, entry) == first
        world.ledger.bury_event(entry, fields, "unreadable", "decode")
        assert world.letters.replay(f"event:{entry}") == "replayed"
        newest: Any = world.redis.xrevrange(world.stream.name, count=1)
        ((added, _),) = newest
        entry = world.stream.named(added.decode())


def test_an_entry_that_was_never_replayed_has_no_field_of_ours(world: World) -> None:
    entry = world.stream.publish(b"event")

    assert world.stream.entries([entry]) == {entry: of_event(b"event")}
