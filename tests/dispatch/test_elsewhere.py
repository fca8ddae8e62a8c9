"""A thread that has finished goes on at the endpoint that has waited longest."""

import pytest
import redis

from tasks.concurrency import FEWEST, by_name
from tests.ledger import acts
from tests.ledger.clock import World, room_of
from tests.ledger.many import commands, destinations, due, names, notify, world_of
from workers.dispatch.elsewhere import Elsewhere
from workers.dispatch.slots import Slots
from workers.ledger.claims import Claims


class Thread:
    """One process of a worker that looks for more to do."""

    def __init__(
        self, world: World, shut: frozenset[str] = frozenset(), slots: int = 8
    ) -> None:
        known = world.destinations
        self.slots = Slots(slots)
        self.room = room_of(known)
        self.room.crowded = True
        claims = Claims(world.scripts, world.retention, world.partitions, ordered=0)
        self.elsewhere = Elsewhere(
            claims, known, self.room, self.slots, lambda name: int(name not in shut)
        )

    def went(self) -> str:
        found = self.elsewhere.hint()
        return "" if found is None else found.destination


def test_endpoints_are_gone_on_with_in_the_order_in_which_they_have_waited(
    redis: redis.Redis,
) -> None:
    world = world_of(redis, 3)
    for name in ("e0002", "e0000", "e0001"):
        acts.disable(world, f"ingram/{name}")
        notify(world, [name], name)
        acts.enable(world, f"ingram/{name}")
        world.clock.advance(1)
    thread = Thread(world)

    found = [thread.went() for _ in range(4)]

    assert found == ["ingram/e0002", "ingram/e0000", "ingram/e0001", ""]


def test_an_order_that_comes_alone_costs_no_look(redis: redis.Redis) -> None:
    world = world_of(redis, 1)
    due(world, 1)
    thread = Thread(world)
    thread.room.crowded = False

    assert commands(redis, thread.went) == 0


def test_no_more_is_looked_for_once_nothing_waits(redis: redis.Redis) -> None:
    thread = Thread(world_of(redis, 1))

    thread.went()

    assert not thread.room.crowded


@pytest.mark.parametrize("why", ["gate", "share"])
def test_what_waits_for_its_gate_or_its_share_of_threads_is_left(
    redis: redis.Redis, why: str
) -> None:
    world = world_of(redis, 2)
    due(world, 2)
    held = frozenset({"ingram/e0000"}) if why == "gate" else frozenset[str]()
    thread = Thread(world, held, slots=2)

    with thread.slots.taken("ingram/e0000" if why == "share" else "ingram/other"):
        found = {thread.went() for _ in range(2)}

    assert "ingram/e0000" not in found
    assert "ingram/e0001" in found


def test_westcon_and_deck_are_left_to_their_own_queues(redis: redis.Redis) -> None:
    world = world_of(redis, 1)
    redis.zadd("{wb:0}:due:deck", {"delivery:L": 1})
    redis.zadd("{wb:0}:next", {"deck": 1})

    assert Thread(world).went() == ""


def test_no_more_endpoints_are_hinted_at_together_than_have_threads() -> None:
    known = destinations(3 * FEWEST)
    found = room_of(by_name(known), slots=FEWEST)

    room = found.rooms([one.name for one in known])
    direct = [room(one.name)[0] for one in known]

    assert direct == [True] * FEWEST + [False] * (2 * FEWEST)
    assert room(known[0].name)[0]
    assert found.crowded


def test_gates_that_nobody_knew_are_looked_at_in_one_round_trip(
    redis: redis.Redis,
) -> None:
    world = world_of(redis, 50)
    asked = [f"ingram/{name}" for name in names(50)]
    world.gates.close(asked[0], 60.0)

    world.gates.look(asked)

    assert commands(redis, lambda: [world.gates.is_open(name) for name in asked]) == 0
    assert not world.gates.is_open(asked[0])
    assert world.gates.is_open(asked[1])


def test_what_is_noted_goes_with_the_next_script_of_its_thread(
    redis: redis.Redis,
) -> None:
    world = world_of(redis, 1)
    due(world, 1)
    # A failure elsewhere, of which this process knows nothing.
    redis.hset("wb:gate:ingram/e0000", mapping={"failures": 3})

    world.gates.served("ingram/e0000")

    assert redis.hget("wb:gate:ingram/e0000", "failures") == b"3"
    assert len(acts.claim(world, "ingram/e0000").claims) == 1
    assert redis.hget("wb:gate:ingram/e0000", "failures") is None


def test_a_note_that_fails_costs_the_script_nothing_that_it_goes_with(
    redis: redis.Redis,
) -> None:
    world = world_of(redis, 1)
    due(world, 1)
    world.gates.look(["ingram/e0000"])
    redis.set("wb:gate:ingram/e0000", "no hash")

    world.gates.served("ingram/e0000")

    assert len(acts.claim(world, "ingram/e0000").claims) == 1
