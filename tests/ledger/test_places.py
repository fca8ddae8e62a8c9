"""Where orders lie while a ledger is repartitioned, and what is refused meanwhile."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import redis as redis_library

from tasks.ledger_values import WriteResult
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.ledger.layouts import decided, moved, widened
from tests.ledger.nodes import calls
from workers.ledger import keys
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import Layout, layout_of, unmoved
from workers.ledger.layout.places import Place, Places
from workers.ledger.layout.stages import settled
from workers.ledger.scripts import Scripts
from workers.redis.answers import octets

GOAL = 4

#: An order that moves from partition 0 of 1 into another of 4.
MOVES = next(f"SO-{n}" for n in range(99) if unmoved(GOAL).home(f"SO-{n}") == 3)
#: One that stays where it is.
STAYS = next(f"SO-{n}" for n in range(99) if not unmoved(GOAL).home(f"SO-{n}"))

LATER_MS = 2**52


def asked(client: redis_library.Redis, act: Callable[[], object]) -> int:
    """How many commands an act sends, but for these."""
    before = calls(client)
    act()
    return (calls(client) - before).total()


def carried(client: redis_library.Redis, order: str, home: int) -> None:
    """Move what an order has, as far as these tests look: keys of its own."""
    former, there = keys.prefix(0), keys.prefix(home)
    for kind in ("order:", "record:", "log:"):
        kept = client.dump(f"{former}{kind}{order}")
        if kept is not None:
            client.restore(f"{there}{kind}{order}", 0, octets(kept))
            client.delete(f"{former}{kind}{order}")


def placed(world: World, order: str) -> Place:
    [found] = world.places.placed([order])
    return found


@pytest.mark.parametrize("stage", ["never", "widening", "settled"])
def test_where_no_order_moves_nothing_is_asked(world: World, stage: str) -> None:
    layout = unmoved(1)
    if stage == "widening":
        layout = widened(world.redis, GOAL)
    if stage == "settled":
        layout = decided(world.redis, settled(moved(world.redis, GOAL), LATER_MS))
    world.places.layout = layout

    assert asked(world.redis, lambda: placed(world, MOVES)) == 0
    home = layout.home(MOVES)
    assert placed(world, MOVES) == Place(home, layout.version)
    assert home == (3 if stage == "settled" else 0)


def test_an_order_that_moves_is_where_it_was_until_it_has_left(world: World) -> None:
    acts.admit(world, number=MOVES)
    world.places.layout = layout = moved(world.redis, GOAL)

    assert placed(world, MOVES) == Place(0, layout.version, is_former=True)
    carried(world.redis, MOVES, 3)
    assert placed(world, MOVES) == Place(3, layout.version)
    assert placed(world, STAYS) == Place(0, layout.version)


def test_an_order_in_a_parcel_is_brought_home_first(world: World) -> None:
    layout = moved(world.redis, GOAL)
    brought: list[tuple[str, Layout]] = []
    places = Places(world.scripts, layout, lambda *one: brought.append(one))
    world.redis.set(layout_keys.parcel(keys.prefix(0), MOVES), b"all of it")

    assert places.of(MOVES) == 3
    assert brought == [(MOVES, layout)]


def test_several_orders_are_looked_for_in_one_round_trip(world: World) -> None:
    many = [f"SO-{n}" for n in range(40)]
    for number in many[::2]:
        acts.admit(world, number=number)
    world.places.layout = layout = moved(world.redis, GOAL)
    world.places.placed(many)

    found = world.places.placed(many)

    homes = [layout.home(number) for number in many]
    there = {n for n, home in enumerate(homes) if home and not n % 2}
    assert [one.partition for one in found] == [
        0 if n in there else home for n, home in enumerate(homes)
    ]
    assert {n for n, one in enumerate(found) if one.is_former} == there


@pytest.mark.parametrize("number", [MOVES, STAYS])
@pytest.mark.parametrize("known", [0, 1])
def test_what_was_placed_by_an_older_layout_is_refused_and_placed_anew(
    world: World, number: str, known: int
) -> None:
    if known:
        acts.admit(world, number=number)
    frozen = acts.admission(world, number=number)
    layout = moved(world.redis, GOAL)

    [refused] = world.ledger.admit([frozen])
    [again] = world.ledger.admit([frozen])

    assert (refused.verdict, refused.held) == (WriteResult.STALE, None)
    assert world.places.layout == layout
    assert again.verdict is WriteResult.ADMITTED
    place = 0 if known else layout.home(number)
    assert world.redis.exists(keys.record(keys.prefix(place), number))


def test_a_partition_that_is_behind_the_layout_follows_who_works_there(
    world: World,
) -> None:
    world.places.layout = layout = moved(world.redis, GOAL)
    fence = layout_keys.followed(keys.prefix(3))
    world.redis.delete(fence)

    [refused] = world.ledger.admit([acts.admission(world, number=MOVES)])
    written = acts.admit(world, number=MOVES)

    assert refused.verdict is WriteResult.STALE
    assert world.redis.get(fence) == str(layout.version).encode()
    assert written.verdict is WriteResult.ADMITTED


def test_before_an_order_is_looked_for_an_older_layout_places_none_there(
    world: World,
) -> None:
    older = build_beside(world)
    acts.admit(older, number=STAYS)
    world.places.layout = moved(world.redis, GOAL)
    world.redis.delete(layout_keys.followed(keys.prefix(0)))

    assert placed(world, MOVES).partition == 3

    [refused] = older.ledger.admit([acts.admission(older, number=MOVES)])
    assert refused.verdict is WriteResult.STALE


def build_beside(world: World) -> World:
    """Another process on the same ledger, by the layout that it began with."""
    return build(world.redis)


def test_an_event_of_an_order_that_has_left_is_not_admitted_where_it_was(
    world: World,
) -> None:
    acts.admit(world, number=MOVES)
    layout = moved(world.redis, GOAL)
    world.places.layout = layout
    # By the time at which it is admitted the order is at home.
    one = replace(acts.admission(world, number=MOVES), version=0)
    finds = world.places.placed

    def late(orders: list[str]) -> list[Place]:
        found = finds(orders)
        carried(world.redis, MOVES, 3)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.places, "placed", late)
        [refused] = world.ledger.admit([one])

    assert refused.verdict is WriteResult.STALE
    assert not world.redis.exists(keys.order(keys.prefix(0), MOVES))
    assert acts.admit(world, number=MOVES).verdict is WriteResult.ADMITTED
    assert world.ledger.orders([MOVES])[0].version == 2


@pytest.mark.parametrize("stage", ["moving", "settled"])
def test_an_event_is_known_by_its_mark_where_its_order_lay(
    world: World, stage: str
) -> None:
    first = acts.admission(world, number=MOVES, digest="known")
    world.ledger.admit([first])
    life = world.redis.pttl(keys.seen(keys.prefix(0), "known"))
    layout = moved(world.redis, GOAL)
    carried(world.redis, MOVES, 3)
    if stage == "settled":
        layout = decided(world.redis, settled(layout, LATER_MS))
    world.places.layout = layout

    [again] = world.ledger.admit([first])
    [other] = world.ledger.admit([replace(first, mark="2:other")])

    assert again.verdict is WriteResult.DUPLICATE
    assert other.verdict is WriteResult.CONFLICT
    copied = world.redis.pttl(keys.seen(keys.prefix(3), "known"))
    assert 0 < copied <= life


def test_once_no_mark_can_stand_elsewhere_nothing_is_asked_there(world: World) -> None:
    ended = decided(world.redis, settled(moved(world.redis, GOAL), 1))
    kept = decided(world.redis, settled(ended, LATER_MS))

    def admitted(layout: Layout) -> int:
        world.places.layout = layout
        one = acts.admission(world, number=MOVES)
        return asked(world.redis, lambda: world.ledger.admit([one]))

    assert admitted(kept) == admitted(replace(kept, earlier=())) + 2


def test_the_index_stays_where_it_was_made(world: World) -> None:
    before = acts.watch(world, MOVES)
    world.places.layout = moved(world.redis, GOAL)
    other = next(
        n for n in map("SO-{}".format, range(99)) if unmoved(GOAL).home(n) == 2
    )

    acts.watch(world, other)

    assert before is not None
    uses = world.ledger.uses("PO", other)
    assert {one.order for one in uses} == {MOVES, other}
    assert not list(world.redis.scan_iter("{wb:[123]}:po:*"))


def test_a_ledger_without_a_layout_has_the_version_of_none(
    redis: redis_library.Redis,
) -> None:
    places = Places(Scripts(redis), layout_of(redis, 2))

    assert places.placed(["SO-1"]) == [Place(unmoved(2).home("SO-1"), 0)]
