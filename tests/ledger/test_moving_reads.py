"""An order that moves between partitions is known to whoever asks, at any moment."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import redis as redis_library

from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.layouts import moved
from tests.ledger.test_repartition import Seen, repartition
from workers.ledger import keys
from workers.ledger.layout.layout import layout_of, unmoved
from workers.ledger.layout.parcels import Parcels
from workers.ledger.layout.places import At, Places
from workers.ledger.reconcile import pages
from workers.ledger.views.finding import named
from workers.ledger.views.order_items import Item
from workers.ledger.views.order_story import _watches, story
from workers.redis.answers import octets

NUMBERS = [f"SO-{n}" for n in range(12)]

#: There and back, so that what is known of the layout is always old.
GOALS = (3, 1, 2, 4, 1, 3, 2, 1)

#: An order that moves from partition 0 of 1 into the last of 4.
MOVES = next(f"SO-{n}" for n in range(99) if unmoved(4).home(f"SO-{n}") == 3)

#: Whether an order is known, by who asks.
Ask = Callable[[redis_library.Redis, Places, str], bool]


def _told(client: redis_library.Redis, places: Places, order: str) -> bool:
    found = story(client, order, (), places)
    return found is not None and len(found.deliveries) == 1


READS: Mapping[str, Ask] = {
    "explain": _told,
    "is known": lambda _, places, order: places.known([order])[0],
    "a delivery": lambda client, places, order: bool(
        named(client, f"L-{order}", places)
    ),
    "export": lambda client, places, order: bool(
        list(pages.orders(client, [order], places))
    ),
}


@pytest.mark.parametrize("read", READS)
def test_an_order_that_moves_is_never_unknown_to_who_reads_it(
    world: World, read: str
) -> None:
    world.redis.set(keys.PARTITIONS, 1)
    for number in NUMBERS:
        acts.dead(world, acts.link(f"L-{number}"), number=number)
    unknown = list[str]()

    with reading(world, partial(_missed, READS[read], unknown)) as count:
        for goal in GOALS:
            repartition(world, Seen()).apply(goal)

    assert unknown == []
    assert count() > len(NUMBERS)


@pytest.fixture(name="moving")
def moving_world(world: World) -> World:
    """A ledger whose order moves into another partition as soon as it is carried."""
    world.redis.set(keys.PARTITIONS, 1)
    acts.dead(world, acts.link(f"L-{MOVES}"), number=MOVES)
    world.places.layout = moved(world.redis, 4)
    return world


def carried(world: World) -> None:
    """Move the order."""
    layout = world.places.layout
    found = Parcels(world.scripts, ("deck",)).carry(0, {MOVES: ()}, layout)
    assert found.moved == 1


def test_an_order_that_leaves_as_it_is_read_is_read_where_it_has_gone(
    moving: World,
) -> None:
    roots = list[str]()

    def ask(at: Sequence[At]) -> list[bytes | None]:
        [(root, order)] = at
        if not roots:
            carried(moving)
        roots.append(root)
        record = moving.redis.get(keys.record(root, order))
        return [None if record is None else octets(record)]

    [found] = moving.places.read([MOVES], ask)

    assert found is not None
    assert roots == [keys.prefix(0), keys.prefix(3)]


def test_a_reader_of_an_older_layout_learns_of_the_newer_one(moving: World) -> None:
    places = Places(moving.scripts, unmoved(1))
    carried(moving)

    assert places.known([MOVES, "SO-NOBODYS"]) == [True, False]
    assert places.layout == layout_of(moving.redis)


def test_of_an_order_that_leaves_as_it_is_read_nothing_is_missing(
    moving: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = list[str]()

    def leaves(*given: Any) -> list[Item]:
        if not left:
            left.append(MOVES)
            carried(moving)
        return _watches(*given)

    monkeypatch.setattr("workers.ledger.views.order_story._watches", leaves)

    found = story(moving.redis, MOVES, (), moving.places)

    assert found is not None
    assert [one.state for one in found.deliveries] == ["dead"]


def test_what_leaves_a_partition_before_it_is_looked_at_is_looked_for_again(
    moving: World,
) -> None:
    """From the last into the first, as when partitions are given up."""
    looks = list[int]()

    def look(width: int) -> list[int]:
        looks.append(width)
        if len(looks) == 1:
            # Where it goes is looked at before, and where it was, after.
            carried(moving)
            return []
        return _holding(moving, width)

    assert moving.places.everywhere(look) == [3]


def test_what_is_in_a_parcel_is_brought_home_before_it_is_looked_for_again(
    moving: World,
) -> None:
    parcels = Parcels(moving.scripts, ("deck",))
    assert parcels.pack(0, MOVES, moving.places.layout) == "packed"

    assert moving.places.everywhere(lambda width: _holding(moving, width)) == [3]


def _holding(world: World, width: int) -> list[int]:
    """The partitions that have the order's delivery."""
    ref = keys.delivery_ref(f"L-{MOVES}")
    roots = map(keys.prefix, range(width))
    return [n for n, root in enumerate(roots) if world.redis.exists(root + ref)]


def _missed(
    ask: Ask, unknown: list[str], client: redis_library.Redis, places: Places
) -> None:
    unknown += [number for number in NUMBERS if not ask(client, places, number)]


@contextmanager
def reading(
    world: World, read: Callable[[redis_library.Redis, Places], None]
) -> Iterator[Callable[[], int]]:
    """Read again and again meanwhile; how often it was."""
    over, rounds = threading.Event(), list[int]()

    def go_on() -> None:
        client = world.redis
        places = Places(world.scripts, layout_of(client))
        while not over.is_set():
            read(client, places)
            rounds.append(1)

    threads = [threading.Thread(target=go_on) for _ in range(2)]
    for one in threads:
        one.start()
    try:
        yield lambda: len(rounds) * len(NUMBERS)
    finally:
        over.set()
        for one in threads:
            one.join()
