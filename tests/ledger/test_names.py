"""Order numbers and endpoint names may hold any character."""

import pytest
import redis

from tests.defaults import destination, retry
from tests.ledger import acts
from tests.ledger.clock import KNOWN, World, build
from tests.ledger.places import broken, where
from workers.ledger import keys
from workers.ledger.views.order_story import story

NUMBERS = (
    "SO:1",
    "{SO}",
    "}{",
    "{wb:0}",
    "SO 1",
    "Größe-日本-🚚",
    "a/b\\c",
    "\x00\n",
    "watch:westcon:SO-1",
)
ENDPOINTS = ("a:b", "{x}", "}", "a b", "ünï/ćode", "deck")


def cut(client: redis.Redis, partitions: int) -> World:
    policy = retry(pauses=(10.0, 60.0))
    strange = [destination(f"ingram/{name}", policy) for name in ENDPOINTS]
    return build(client, partitions=partitions, known=(*KNOWN, *strange))


@pytest.mark.parametrize("partitions", [1, 4])
@pytest.mark.parametrize("number", NUMBERS)
def test_an_order_of_any_number_goes_its_whole_way(
    redis: redis.Redis, number: str, partitions: int
) -> None:
    world = cut(redis, partitions)
    watch = acts.sent(world, acts.watch(world, number))
    reported = [acts.notification(name, name) for name in ENDPOINTS]
    for hint in acts.admit(world, *reported, number=number).leased:
        acts.sent(world, hint)
        assert acts.settle(world, hint, acts.AGAIN) == ["due"]
    acts.settle(world, watch, acts.GIVE_UP)
    world.clock.advance(10_000)

    for name in ENDPOINTS:
        found = acts.claim(world, f"ingram/{name}", number=number)
        acts.settle(world, acts.sent(world, found), acts.GIVE_UP)

    letters = list(world.letters.all())
    assert {letter.order for letter in letters} == {number}
    assert len(letters) == len(ENDPOINTS) + 1
    answers = {world.letters.replay(letter.id) for letter in letters}
    assert answers == {"replayed"}
    assert broken(redis) == []


def test_number_and_destination_of_a_lane_are_distinguished() -> None:
    lanes = {
        keys.lane("{wb:0}:", number, destination)
        for number, destination in (("1a", "b"), ("1", "ab"), ("", "1ab"), ("1ab", ""))
    }

    assert len(lanes) == 4


def test_a_lanes_key_counts_bytes_as_lua_does(world: World) -> None:
    acts.admit(world, acts.notification(), number="Größe")

    lane = keys.lane("{wb:0}:", "Größe", "ingram/acme")

    assert world.redis.lrange(lane, 0, -1) == [b"delivery:N1"]


def test_orders_whose_numbers_look_alike_do_not_meet(world: World) -> None:
    acts.admit(world, acts.notification("N1"), number="1")
    acts.admit(world, acts.notification("N2"), number="1:")
    acts.admit(world, acts.notification("N3"), number="watch:westcon:1")

    for ref in ("delivery:N1", "delivery:N2", "delivery:N3"):
        assert where(world.redis, ref) == ["leased"]


def test_an_orders_story_is_shown_whatever_its_number(redis: redis.Redis) -> None:
    world = cut(redis, 4)
    number = "Größe {1}:"
    acts.watch(world, number)
    acts.admit(world, acts.link(), acts.notification(endpoint="a:b"), number=number)

    reported = story(redis, number, list(world.destinations), world.places)

    assert reported is not None
    assert (reported.order.number, reported.version) == (number, 2)
    assert (reported.watches[0].state, reported.watches[0].due_ms) == (
        "leased",
        world.clock.now_ms + 60_000,
    )
    assert [(one.ref, one.state) for one in reported.deliveries] == [
        ("delivery:L1", "leased"),
        ("delivery:N1", "leased"),
    ]
    assert [one.notes for one in reported.timeline] == [(acts.EVENT,)] * 2
    assert story(redis, "none", [], world.places) is None
