"""Release gives up what no living worker can send, and nothing else."""

from typing import Any

import pytest
import redis

from tasks.ledger_values import Kind, NewDelivery
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.steps.test_release import Sent, release
from workers.ledger.endpoints.unknown import AT_ONCE, UnknownEndpoints
from workers.steps.unknown_endpoints import LOOK_SECONDS, GiveUpUnknown

BETA = "ingram/beta"


@pytest.fixture
def world(redis: redis.Redis) -> World:
    """An empty ledger."""
    return build(redis)


class Stage:
    """A step on a clock of its own, and whether a living worker knows beta."""

    def __init__(self, world: World, after: float = 60.0) -> None:
        self.now, self.nobody, self.asked = 0.0, True, 0
        endpoints = UnknownEndpoints(world.scripts, world.retention)
        self.step = GiveUpUnknown(self.unknown, endpoints, after, lambda: self.now)

    def unknown(self, names: object) -> list[str]:
        self.asked += 1
        assert names == ["beta"]
        return ["beta"] if self.nobody else []


def keep(world: World, count: int = 1) -> None:
    for n in range(count):
        kept = NewDelivery(f"C{n}", BETA, Kind.CHANGE, b"kept")
        acts.admit(world, kept, number=f"SO-{n}")
    world.clock.advance(60_000)


def test_what_nobody_knows_for_long_is_given_up(world: World) -> None:
    keep(world)

    Stage(world).step.look(BETA, 0)

    assert acts.state(world, "delivery:C0", "SO-0") == "dead"


def test_what_a_living_worker_knows_is_its_business(world: World) -> None:
    keep(world)
    stage = Stage(world)
    stage.nobody = False

    stage.step.look(BETA, 0)

    assert acts.state(world, "delivery:C0", "SO-0") == "due"


def test_nothing_is_given_up_where_that_is_switched_off(world: World) -> None:
    keep(world)
    stage = Stage(world, after=0.0)

    stage.step.look(BETA, 0)

    assert acts.state(world, "delivery:C0", "SO-0") == "due"


def test_it_looks_every_few_seconds_and_at_once_when_there_is_more(
    world: World,
) -> None:
    keep(world, AT_ONCE + 1)
    stage = Stage(world)

    for _ in range(3):
        stage.step.look(BETA, 0)
    assert (acts.counted(world, "dead"), stage.asked) == (AT_ONCE + 1, 2)
    stage.now = LOOK_SECONDS
    stage.step.look(BETA, 0)
    assert stage.asked == 3


def test_release_asks_for_what_its_settings_do_not_know(world: World) -> None:
    keep(world)
    reported: list[tuple[str, int]] = []

    def stranger(*place: Any) -> float:
        reported.append(place)
        return 0.0

    one = release(world, Sent(), stranger=stranger)

    one.turn()

    assert reported == [(BETA, 0)]


def test_what_nobody_knows_rests_so_that_the_others_come_first(
    world: World,
) -> None:
    keep(world)
    stage = Stage(world, after=3_600.0)
    one = release(world, Sent(), stranger=stage.step.look)

    one.turn()
    one.turn()
    resting = world.claims.ready().work
    world.clock.advance(1_000)

    assert resting == ()
    assert [work.destination for work in world.claims.ready().work] == [BETA]


def test_what_another_worker_knows_is_left_to_it_at_once(world: World) -> None:
    keep(world)
    stage = Stage(world, after=3_600.0)
    stage.nobody = False
    one = release(world, Sent(), stranger=stage.step.look)

    one.turn()
    one.turn()

    assert [work.destination for work in world.claims.ready().work] == [BETA]
