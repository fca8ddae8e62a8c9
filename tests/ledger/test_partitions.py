"""The ledger cut into partitions: each order lives in one of them, whole."""

import pytest
import redis

from tests.ledger import acts
from tests.ledger.clock import CLOCK, World, build
from tests.ledger.places import broken, where
from workers.ledger import keys
from workers.redis.answers import text

#: The slots that Redis Cluster's specification and reference client give.
KNOWN_SLOTS = {"123456789": 0x31C3, "foo": 12182, "bar": 5061, "hello": 866}

NUMBERS = [f"SO-{n}" for n in range(24)]


@pytest.mark.parametrize("number", sorted(KNOWN_SLOTS))
def test_partitions_are_counted_as_redis_cluster_counts_slots(number: str) -> None:
    assert keys.partition_of(number, 16_384) == KNOWN_SLOTS[number]


def test_the_keys_of_a_partition_share_its_slot() -> None:
    names = {keys.prefix(3) + name for name in ("due:{x}", "order:}", "lane:1:{")}

    assert {name[: name.index("}") + 1] for name in names} == {"{wb:3}"}


def test_all_keys_of_an_order_lie_in_its_partition(redis: redis.Redis) -> None:
    world = build(redis, partitions=4)
    hint = acts.watch(world)
    acts.dead(world, acts.link())
    acts.admit(world, acts.notification("N1"), acts.notification("N2"))

    prefix = keys.prefix(keys.partition_of("SO-1", 4))

    assert hint.partition == keys.partition_of("SO-1", 4)
    found = [text(key) for key in redis.scan_iter("*wb:*")]
    # The index by purchase order decides for several orders: it lies in a partition of
    # the purchase order's.
    index = keys.purchase_orders(keys.prefix(keys.partition_of("PO", 4)), "")
    own = (prefix, index, CLOCK)
    others = [key for key in found if not key.startswith(own)]
    assert others == []


def test_orders_spread_over_all_partitions(redis: redis.Redis) -> None:
    world = build(redis, partitions=4)

    for number in NUMBERS:
        acts.admit(world, acts.link(f"L-{number}"), number=number)

    assert {one.partition for one in world.claims.work()} == {0, 1, 2, 3}


def test_the_orders_of_all_partitions_go_their_whole_way(cut_world: World) -> None:
    world = cut_world
    for number in NUMBERS:
        acts.admit(world, acts.notification(f"N-{number}"), number=number)
        assert broken(world.redis) == []
    world.clock.advance(world.retention.lease)

    while work := world.claims.work():
        for one in work:
            found = world.claims.claim(
                world.destinations[one.destination], one.partition, 5, 8
            )
            acts.settle(world, acts.sent(world, found), acts.DONE)

    states = {acts.state(world, f"delivery:N-{n}", n) for n in NUMBERS}
    assert states == {"done"}
    assert acts.counted(world, "done") == len(NUMBERS)


def test_several_orders_are_admitted_and_read_in_one_go(cut_world: World) -> None:
    admissions = [acts.admission(cut_world, number=number) for number in NUMBERS]

    cut_world.ledger.admit(admissions)

    held = cut_world.ledger.orders([*NUMBERS, "none"])
    assert [one.order.number for one in held if one.order is not None] == NUMBERS
    assert (held[-1].order, held[-1].version) == (None, 0)


def test_letters_of_all_partitions_are_counted_found_and_replayed(
    cut_world: World,
) -> None:
    world = cut_world
    for number in NUMBERS:
        acts.dead(world, acts.link(f"L-{number}"), number=number)

    letters = list(world.letters.all())

    assert world.letters.count() == len(NUMBERS)
    assert {letter.order for letter in letters} == set(NUMBERS)
    assert [acts.listed(world.letters.find(letter.id)) for letter in letters] == letters
    for letter in letters:
        assert world.letters.replay(letter.id) == "replayed"
        assert where(world.redis, letter.id) == ["due"]
    assert world.letters.count() == 0
