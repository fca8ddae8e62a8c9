"""A layout that a failover has taken while partitions follow it is put back."""

from collections.abc import Callable, Iterator

import pytest
import redis as redis_library

from tasks.ledger_values import WriteResult
from tests.conftest import ClusterOf
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.ledger.layouts import decided, widened
from tests.ledger.test_places import GOAL, LATER_MS, MOVES
from tests.ledger.test_repartition import (
    Seen,
    at_home,
    fill,
    orders_of,
    repartition,
)
from workers.ledger import keys
from workers.ledger.identity.metadata import found
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import (
    Layout,
    Stage,
    decode,
    encode,
    follow,
    following,
    kept,
    layout_of,
)
from workers.ledger.layout.places import Places
from workers.ledger.layout.recovered import recovered
from workers.ledger.layout.stages import moving, settled
from workers.ledger.repartition.checks import Checks
from workers.ledger.repartition.repartition import UnderWayError
from workers.redis.answers import text
from workers.redis.clients import ledger_client
from workers.steps.layout_watch import LayoutWatch


@pytest.fixture(params=["redis", "cluster"], name="world")
def either(
    request: pytest.FixtureRequest, redis: redis_library.Redis, cluster: ClusterOf
) -> Iterator[World]:
    """A ledger of one partition, on one Redis and on a Cluster."""
    if request.param == "redis":
        yield build(redis)
        return
    client = ledger_client(cluster().url, 10)
    client.flushall()
    yield build(client)
    client.close()


def set_back(client: redis_library.Redis, earlier: Layout | None) -> None:
    """Take the newest layout, as a failover of its primary does."""
    if earlier is None:
        client.delete(layout_keys.LAYOUT)
    else:
        client.set(layout_keys.LAYOUT, encode(earlier))


def history(client: redis_library.Redis, stage: Stage) -> list[Layout]:
    """Decide the layouts up to this stage; all partitions follow each."""
    found = [widened(client, GOAL)]
    if stage is not Stage.WIDENING:
        found.append(decided(client, moving(found[-1], 0)))
    if stage is Stage.SETTLED:
        found.append(decided(client, settled(found[-1], LATER_MS)))
    return found


def by_refusal(world: World, newest: Layout) -> Layout:
    """An event is admitted by a worker that has read the older layout."""
    world.places.layout = layout_of(world.redis)
    assert world.places.layout.version < newest.version
    one = acts.admission(world, number=MOVES)
    refused, written = (world.ledger.admit([one])[0].verdict for _ in range(2))
    assert refused is WriteResult.STALE
    assert written is WriteResult.ADMITTED
    return world.places.layout


def by_watch(world: World, newest: Layout) -> Layout:
    """A worker looks that knows the newest one."""
    places, anew = Places(world.scripts, newest), list[int]()
    watch = LayoutWatch(world.redis, places, anew.append)
    watch.look()
    assert (anew, watch.version) == ([], newest.version)
    return places.layout


def by_start(world: World, newest: Layout) -> Layout:
    """A worker starts."""
    del newest
    return found(world.redis, 1)


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("heal", [by_refusal, by_watch, by_start])
def test_a_layout_that_is_lost_is_put_back_by_who_meets_it(
    world: World, stage: Stage, heal: Callable[[World, Layout], Layout]
) -> None:
    *before, newest = history(world.redis, stage)
    set_back(world.redis, before[-1] if before else None)

    assert heal(world, newest) == newest

    assert kept(world.redis) == newest


def test_an_older_copy_takes_no_newer_layouts_place(world: World) -> None:
    [followed] = history(world.redis, Stage.WIDENING)
    decided_since = moving(followed, 0)
    set_back(world.redis, decided_since)

    assert recovered(world.scripts, decided_since, range(GOAL)) == decided_since

    assert kept(world.redis) == decided_since


def test_who_comes_late_puts_nothing_back(world: World) -> None:
    """It has read an older layout and a copy, and another was decided since."""
    older, moved, newest = history(world.redis, Stage.SETTLED)
    world.redis.set(layout_keys.copy(keys.prefix(0)), encode(moved))

    assert recovered(world.scripts, older, [0]) == newest

    assert kept(world.redis) == newest


def test_a_copy_never_goes_back(world: World) -> None:
    older, newest = history(world.redis, Stage.MOVING)

    world.scripts.run(following(keys.prefix(0), older))

    copy = world.redis.get(layout_keys.copy(keys.prefix(0)))
    assert decode(text(copy)) == newest


def test_what_a_restored_redis_has_is_followed_back(world: World) -> None:
    """Where no partition follows a newer one, the older one is the ledger's."""
    _, newest = history(world.redis, Stage.MOVING)
    places = Places(world.scripts, newest)
    watch = LayoutWatch(world.redis, places, lambda _: None)
    world.redis.flushall()
    [older] = history(world.redis, Stage.WIDENING)

    watch.look()

    assert places.layout == older
    assert kept(world.redis) == older


@pytest.mark.parametrize("stage", list(Stage))
def test_a_repartition_goes_on_whose_layout_is_lost_at_a_stage(
    world: World, stage: Stage
) -> None:
    """In its middle, and when the command is given again."""
    world.redis.set(keys.PARTITIONS, 1)
    fill(world)
    seen, known, losses = Seen(), list[Layout](), list[Layout]()

    def lose(layout: Layout) -> None:
        if layout.stage is stage and not losses:
            losses.append(layout)
            follow(world.scripts, layout)
            set_back(world.redis, known[-1] if known else None)
        known.append(layout)

    seen.at_stage = lose

    first = repartition(world, seen).apply(GOAL)
    done = repartition(world, Seen()).apply(GOAL)

    assert losses
    assert first.layout.stage is done.layout.stage is Stage.SETTLED
    assert kept(world.redis) == done.layout
    assert orders_of(world.redis) == at_home(GOAL)
    assert Checks(world.redis, done.layout, print).all().wrong == {}


def test_another_number_is_refused_where_the_one_under_way_was_lost(
    world: World,
) -> None:
    [newest] = history(world.redis, Stage.WIDENING)
    set_back(world.redis, None)

    with pytest.raises(UnderWayError):
        repartition(world, Seen()).apply(GOAL - 1)

    assert kept(world.redis) == newest
