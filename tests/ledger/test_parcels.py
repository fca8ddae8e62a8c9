"""Parcels: an order moves into another partition whole, and once."""

import pytest
import redis

from serializers.timeline.codes import Code
from tasks.ledger_values import WatchMove
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.ledger.layouts import moved
from tests.ledger.places import broken
from workers.ledger import keys
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import Earlier, Layout, Stage, unmoved
from workers.ledger.layout.parcels import (
    KNOWN_MS,
    OutrunError,
    ParcelError,
    Parcels,
    UnconfirmedParcelError,
)
from workers.ledger.scripts import Call
from workers.redis.answers import text
from workers.redis.durability import Durability

ORDER = "SO-1"
HOME = keys.partition_of(ORDER, 8)
MOVING = Layout(2, 8, 8, 1, Stage.MOVING, 8, (Earlier(1),))
DESTINATIONS = ("deck", "westcon", "ingram/acme", "ingram/zeta")


@pytest.fixture
def parcels(world: World) -> Parcels:
    return Parcels(world.scripts, DESTINATIONS)


def own_keys(client: redis.Redis, partition: int, *besides: str) -> set[str]:
    """Names of keys in a partition, but for those that stay there."""
    root = keys.prefix(partition)
    lasting = {"counts", "sources", "results", "destinations", "next", "failures"}
    found = {text(key).removeprefix(root) for key in client.scan_iter(f"{root}*")}
    return {
        name
        for name in found
        if name not in lasting | {*besides} and not name.startswith(("seen:", "po:"))
    }


def whole(world: World) -> None:
    """An order with everything: watch, ended, dead, failing, due and queued ones."""
    acts.admit(world, acts.notification("N1"), watch=WatchMove.START)
    acts.claim(world, "westcon")
    world.clock.advance(world.retention.lease)
    hint = acts.claim(world, "ingram/acme")
    acts.settle(world, acts.sent(world, hint), acts.DONE)
    acts.dead(world, acts.notification("N2", "zeta"))
    failing = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.settle(world, failing, acts.AGAIN)
    acts.fill(world, "ingram/acme")
    acts.admit(world, acts.notification("N3"), acts.notification("N4"))
    rest_watches(world)


def rest_watches(world: World) -> None:
    """No worker holds the order's watch: its lease has ended, and Release has it."""
    hint = acts.claim(world, "westcon")
    if hint.claims:
        world.ledger.hand_back(hint, hint.claims, 60.0)


def rooted(world: World, partition: int) -> dict[str, object]:
    """What a partition has of the order: keys as Redis dumps them, places by list."""
    root = keys.prefix(partition)
    found: dict[str, object] = {}
    for name in own_keys(world.redis, partition):
        key = root + name
        if name.startswith(("due:", "leased:")) or name in {"dead", "failing"}:
            found |= {
                f"{name} {text(ref)}": world.redis.zscore(key, text(ref))
                for ref in world.redis.zrange(key, 0, -1)
                if not text(ref).startswith("filler")
            }
        elif not name.startswith(("unpacked:", "parcel")):
            found[name] = world.redis.dump(key)
    return found


def test_an_order_moves_with_all_it_has(world: World, parcels: Parcels) -> None:
    whole(world)
    before = rooted(world, 0)
    assert {"failing delivery:L1", "dead delivery:N2"} <= before.keys()

    carried = parcels.carry(0, {ORDER: ()}, MOVING)

    assert (carried.moved, carried.busy, carried.large) == (1, set(), {})
    assert rooted(world, HOME) == before
    assert rooted(world, 0) == {}
    assert parcels.waiting(0) == []
    assert broken(world.redis) == []
    root = keys.prefix(HOME)
    named = set(map(text, world.redis.smembers(keys.destinations(root))))
    assert named >= {"westcon", "deck", "ingram/acme"}
    assert world.redis.zcard(keys.next_looks(root)) >= 3


def test_what_is_to_end_ends_at_the_same_moment(world: World, parcels: Parcels) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.settle(world, hint, acts.DONE)
    lives = {
        name: world.redis.pttl(keys.prefix(0) + name)
        for name in ("delivery:L1", f"order:{ORDER}", f"record:{ORDER}", f"log:{ORDER}")
    }

    parcels.carry(0, {ORDER: ()}, MOVING)

    for name, life in lives.items():
        left = world.redis.pttl(keys.prefix(HOME) + name)
        assert 0 < left <= life, name


@pytest.mark.parametrize("begun", [False, True])
def test_an_order_that_is_worked_on_stays(
    world: World, parcels: Parcels, *, begun: bool
) -> None:
    (hint,) = acts.admit(world, acts.link("L1")).leased
    if begun:
        acts.sent(world, hint)
    before = acts.everything(world)

    carried = parcels.carry(0, {ORDER: ()}, MOVING)

    assert (carried.moved, carried.busy) == (0, {ORDER})
    assert acts.everything(world) == before


def test_an_order_that_is_too_large_stays(world: World) -> None:
    whole(world)
    before = acts.everything(world)

    carried = Parcels(world.scripts, DESTINATIONS, most_bytes=100).carry(
        0, {ORDER: ()}, MOVING
    )

    assert carried.moved == 0
    assert carried.large[ORDER] > 100
    assert acts.everything(world) == before


def test_an_order_with_a_key_of_another_kind_stays_and_is_named(
    world: World, parcels: Parcels
) -> None:
    whole(world)
    root = keys.prefix(0)
    world.redis.delete(keys.record(root, ORDER))
    world.redis.sadd(keys.record(root, ORDER), "x")
    before = acts.everything(world)

    carried = parcels.carry(0, {ORDER: ()}, MOVING)

    assert carried.moved == 0
    assert f"record:{ORDER}" in carried.stuck[ORDER]
    assert acts.everything(world) == before


def test_of_what_is_not_there_nothing_moves(world: World, parcels: Parcels) -> None:
    before = acts.everything(world)

    carried = parcels.carry(0, {"SO-none": ("delivery:none",)}, MOVING)

    assert carried.moved == 0
    assert acts.everything(world) == before


def test_a_parcel_that_was_left_is_brought_home_once(
    world: World, parcels: Parcels
) -> None:
    whole(world)
    before = rooted(world, 0)
    assert [parcels.pack(0, ORDER, MOVING) for _ in range(2)] == ["packed", "packed"]
    assert parcels.waiting(0) == [ORDER]

    brought = [parcels.finish(ORDER, MOVING) for _ in range(2)]

    assert brought == [True, False]
    assert rooted(world, HOME) == before
    assert parcels.waiting(0) == []


def test_who_comes_late_with_a_parcel_sets_up_nothing(
    world: World, parcels: Parcels
) -> None:
    whole(world)
    parcels.pack(0, ORDER, MOVING)
    key = layout_keys.parcel(keys.prefix(0), ORDER)
    parcel = world.redis.get(key)
    assert isinstance(parcel, bytes)
    parcels.finish(ORDER, MOVING)
    world.redis.hset(keys.order(keys.prefix(HOME), ORDER), "version", 99)
    now = rooted(world, HOME)

    # Somebody else had read it before it went, and was stopped.
    world.redis.set(key, parcel)
    world.redis.sadd(layout_keys.parcels(keys.prefix(0)), ORDER)
    parcels.finish(ORDER, MOVING)

    assert rooted(world, HOME) == now
    assert parcels.waiting(0) == []


def pass_a_day(client: redis.Redis) -> None:
    """What lives for a day at most is gone."""
    for key in list(client.scan_iter()):
        if 0 < client.pttl(key) <= KNOWN_MS:
            client.delete(key)


def test_a_parcel_whose_mover_died_once_its_order_was_home_goes_days_later(
    world: World, parcels: Parcels
) -> None:
    """Else it would stay for ever, and the repartition would never end."""
    whole(world)
    parcels.pack(0, ORDER, MOVING)
    parcel = world.redis.get(layout_keys.parcel(keys.prefix(0), ORDER))
    assert isinstance(parcel, bytes)
    arguments = (ORDER, parcel, MOVING.version)
    world.scripts.run(Call("unpack", keys.prefix(HOME), arguments))
    pass_a_day(world.redis)
    now = rooted(world, HOME)

    brought = parcels.finish(ORDER, MOVING)
    pass_a_day(world.redis)

    assert brought
    assert rooted(world, HOME) == now
    assert parcels.waiting(0) == []
    assert not world.redis.exists(layout_keys.unpacked(keys.prefix(HOME), ORDER))


def test_an_order_that_is_in_both_places_is_reported_and_touched_nowhere(
    world: World, parcels: Parcels
) -> None:
    whole(world)
    parcels.pack(0, ORDER, MOVING)
    world.redis.hset(keys.order(keys.prefix(HOME), ORDER), "version", 1)
    before = acts.everything(world)

    with pytest.raises(ParcelError, match=f"partition {HOME} already.*partition 0"):
        parcels.finish(ORDER, MOVING)

    assert acts.everything(world) == before


def test_a_partition_that_follows_a_newer_layout_takes_no_parcel(
    world: World, parcels: Parcels
) -> None:
    whole(world)
    parcels.pack(0, ORDER, MOVING)
    world.redis.set(layout_keys.followed(keys.prefix(HOME)), 3)

    with pytest.raises(ParcelError, match="newer layout"):
        parcels.finish(ORDER, MOVING)

    assert parcels.waiting(0) == [ORDER]


def test_a_mover_that_was_frozen_takes_no_order_out_of_its_new_home(
    world: World, parcels: Parcels
) -> None:
    """By a newer layout this is where it belongs, and where workers look for it."""
    whole(world)
    world.redis.set(layout_keys.followed(keys.prefix(0)), MOVING.version + 1)
    before = acts.everything(world)

    with pytest.raises(OutrunError, match="newer layout than 2"):
        parcels.carry(0, {ORDER: ()}, MOVING)

    assert acts.everything(world) == before


def test_a_parcel_stays_until_replicas_have_its_order(
    world: World, parcels: Parcels
) -> None:
    whole(world)
    world.scripts._durability = Durability(9, 1)

    with pytest.raises(UnconfirmedParcelError):
        parcels.carry(0, {ORDER: ()}, MOVING)
    assert parcels.waiting(0) == [ORDER]
    world.scripts._durability = Durability(0, 0)
    parcels.carry(0, {ORDER: ()}, MOVING)

    assert parcels.waiting(0) == []
    assert broken(world.redis) == []


def test_who_meets_a_parcel_that_stays_goes_on(world: World, parcels: Parcels) -> None:
    whole(world)
    parcels.pack(0, ORDER, MOVING)
    world.redis.hset(keys.order(keys.prefix(HOME), ORDER), "version", 1)

    parcels.meet(ORDER, MOVING)

    assert parcels.waiting(0) == [ORDER]


def test_what_is_left_of_an_order_follows_it(world: World, parcels: Parcels) -> None:
    """An ended delivery that nothing named; the order is at home meanwhile."""
    hint = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.settle(world, hint, acts.DONE)
    world.redis.delete(f"{keys.prefix(0)}log:{ORDER}")
    parcels.carry(0, {ORDER: ()}, MOVING)
    assert world.redis.exists(f"{keys.prefix(0)}delivery:L1")

    carried = parcels.carry(0, {ORDER: ("delivery:L1",)}, MOVING)

    assert carried.moved == 1
    assert world.redis.exists(f"{keys.prefix(HOME)}delivery:L1")
    assert rooted(world, 0) == {}


def test_what_is_left_never_takes_the_place_of_what_is_at_home(
    world: World, parcels: Parcels
) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.settle(world, hint, acts.DONE)
    world.redis.delete(keys.order(keys.prefix(0), ORDER))
    home = f"{keys.prefix(HOME)}delivery:L1"
    world.redis.hset(home, "state", "due")

    parcels.carry(0, {ORDER: ("delivery:L1",)}, MOVING)

    assert world.redis.hget(home, "state") == b"due"
    assert rooted(world, 0) == {}


def test_a_name_of_an_older_release_is_carried_under_the_new_one(
    world: World, parcels: Parcels
) -> None:
    acts.fill(world, "westcon")
    acts.admit(world, watch=WatchMove.START)
    due = keys.due(keys.prefix(0), "westcon")
    score = world.redis.zscore(due, f"watch:westcon:{ORDER}")
    assert score is not None
    world.redis.zrem(due, f"watch:westcon:{ORDER}")
    world.redis.zadd(due, {f"order:{ORDER}": score})

    parcels.carry(0, {ORDER: ()}, MOVING)

    there = keys.due(keys.prefix(HOME), "westcon")
    assert world.redis.zrange(there, 0, -1, withscores=True) == [
        (f"watch:westcon:{ORDER}".encode(), score)
    ]


def test_names_of_sources_go_along(world: World, parcels: Parcels) -> None:
    world.redis.hset(keys.sources(keys.prefix(0)), "0123abcd", "/erp/a")
    acts.admit(world)
    world.redis.hset(keys.order(keys.prefix(0), ORDER), "sources", "0123abcd ")

    parcels.carry(0, {ORDER: ()}, MOVING)

    found = world.redis.hgetall(keys.sources(keys.prefix(HOME)))
    assert found == {b"0123abcd": b"/erp/a"}


def test_the_order_goes_on_at_home(world: World, parcels: Parcels) -> None:
    """Versions, numbers and the timeline go on where they were."""
    whole(world)
    before = acts.timeline(world)
    parcels.carry(0, {ORDER: ()}, MOVING)
    there = build_at(world)

    held = there.ledger.orders([ORDER])[0]
    hint = acts.claim(there, "deck")
    assert acts.settle(there, acts.sent(there, hint), acts.DONE) == ["done"]

    assert held.version > 0
    assert acts.timeline(there)[: len(before)] == before
    assert Code.DONE in {one.code for one in acts.timeline(there)}


@pytest.mark.parametrize("following", [False, True])
def test_a_success_is_recorded_where_its_order_has_moved(
    redis: redis.Redis, *, following: bool
) -> None:
    """Its worker was late: its lease had ended, and so the order could move."""
    world = build(redis, partitions=8)
    world.places.layout = unmoved(1)
    known = world.destinations["deck"]
    acts.admit(world, acts.link("L1"))
    hint = world.claims.claim(known, 0, 1, 8)
    acts.begin(world, hint)
    world.clock.advance(world.retention.lease)
    again = world.claims.claim(known, 0, 1, 8)
    world.ledger.hand_back(again, again.claims, 60.0)
    world.places.layout = moved(redis, 8)
    parcels = Parcels(world.scripts, DESTINATIONS)
    assert parcels.carry(0, {ORDER: ()}, world.places.layout).moved == 1

    late = acts.settlement(hint, acts.DONE)
    if following:
        world.ledger.settle_and_begin(hint, late, hint.claims[0], "run")
    else:
        world.ledger.settle(hint, "run", [late])

    assert acts.state(world, "delivery:L1") == "done"
    assert broken(redis) == []


def build_at(world: World) -> World:
    """The same ledger as one of eight partitions."""
    now = world.clock.now_ms
    there = build(world.redis, partitions=8)
    there.clock.advance(now + 60_000 - there.clock.now_ms)
    return there


def test_a_thousand_deliveries_move_at_once(world: World, parcels: Parcels) -> None:
    acts.fill(world, "ingram/acme")
    for n in range(0, 1000, 50):
        new = [acts.notification(f"N{m}") for m in range(n, n + 50)]
        acts.admit(world, *new)

    assert parcels.carry(0, {ORDER: ()}, MOVING).moved == 1

    lane = keys.lane(keys.prefix(HOME), ORDER, "ingram/acme")
    assert world.redis.llen(lane) == 1000
    assert rooted(world, 0) == {}
