"""New work is leased at once where there is room, else it waits its turn."""

from tasks.ledger_values import WatchMove
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.ledger.places import where


def test_new_work_is_leased_at_once_and_its_hints_report_it(world: World) -> None:
    written = acts.admit(world, acts.link(), acts.notification(), watch=WatchMove.START)

    assert [(one.destination, one.claims[0].ref) for one in written.leased] == [
        ("deck", "delivery:L1"),
        ("ingram/acme", "delivery:N1"),
        ("westcon", "watch:westcon:SO-1"),
    ]
    for hint in written.leased:
        assert acts.going(world, hint) == [hint.claims[0].ref]


def test_without_room_new_work_is_due_at_once(world: World) -> None:
    acts.fill(world, "deck")
    acts.fill(world, "westcon")

    written = acts.admit(world, acts.link(), watch=WatchMove.START)

    assert written.leased == ()
    assert acts.due_in(world, "deck", "delivery:L1") == 0
    assert acts.due_in(world, "westcon", "watch:westcon:SO-1") == 0


def test_the_last_room_is_given_once(world: World) -> None:
    acts.fill(world, "deck")
    world.redis.zrem("{wb:0}:leased:deck", "filler-0")

    first = acts.admit(world, acts.link("L1"), number="SO-1")
    second = acts.admit(world, acts.link("L2"), number="SO-2")

    assert len(first.leased) == 1
    assert second.leased == ()
    assert where(world.redis, "delivery:L2") == ["due"]


def test_work_for_a_parked_destination_waits(world: World) -> None:
    acts.disable(world, "deck")

    written = acts.admit(world, acts.link())

    assert written.leased == ()
    assert where(world.redis, "delivery:L1") == ["due"]


def test_work_behind_a_closed_gate_waits(world: World) -> None:
    shut = build(world.redis, shut=frozenset({"deck"}))

    written = acts.admit(shut, acts.link(), acts.notification())

    assert [one.destination for one in written.leased] == ["ingram/acme"]
    assert where(world.redis, "delivery:L1") == ["due"]


def test_work_for_an_endpoint_nobody_knows_waits(world: World) -> None:
    written = acts.admit(world, acts.notification(endpoint="gone"))

    assert written.leased == ()
    assert where(world.redis, "delivery:N1") == ["due"]


def test_only_the_head_of_a_lane_is_leased(world: World) -> None:
    written = acts.admit(world, acts.notification("N1"), acts.notification("N2"))
    later = acts.admit(world, acts.notification("N3"))

    assert [one.claims[0].ref for one in written.leased] == ["delivery:N1"]
    assert later.leased == ()
    assert where(world.redis, "delivery:N2") == ["lane tail"]
    assert where(world.redis, "delivery:N3") == ["lane tail"]


def test_the_lanes_of_two_orders_and_two_endpoints_do_not_wait_for_each_other(
    world: World,
) -> None:
    here = acts.admit(
        world, acts.notification("N1", "acme"), acts.notification("N2", "zeta")
    )
    there = acts.admit(world, acts.notification("N3", "acme"), number="SO-2")

    assert len(here.leased) == 2
    assert len(there.leased) == 1
