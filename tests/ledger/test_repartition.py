"""Repartition: orders go into another number of partitions, from wherever it stops."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import redis

from tasks.ledger_values import WatchMove
from tests.conftest import ClusterOf
from tests.ledger import acts
from tests.ledger.audited import done
from tests.ledger.clock import KNOWN, Clocked, World, build
from tests.ledger.places import broken
from workers.ledger import keys
from workers.ledger.audit.actor import Actor
from workers.ledger.identity.heartbeats import Heartbeat, Heartbeats
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import (
    Earlier,
    Layout,
    Stage,
    decision,
    layout_of,
    unmoved,
)
from workers.ledger.layout.parcels import Parcels
from workers.ledger.layout.stages import moving, widened
from workers.ledger.repartition.checks import Checks, Wrong
from workers.ledger.repartition.estimate import estimate
from workers.ledger.repartition.followers import UNKNOWN, OlderReleaseError
from workers.ledger.repartition.passage import LeftError
from workers.ledger.repartition.repartition import (
    Repartition,
    UnderWayError,
    mover,
)
from workers.ledger.scripts import Call
from workers.redis.answers import text
from workers.redis.clients import ledger_client

NUMBERS = [f"SO-{n}" for n in range(40)]
DESTINATIONS = ("deck", "westcon", "ingram/acme", "ingram/zeta")
JANE = Actor("jane", "too many events")
DEDUP_MS = 60_000


@dataclass
class Seen:
    """What a watcher was shown; who waits may be helped."""

    stages: list[Stage] = field(default_factory=list)
    waited: list[list[str]] = field(default_factory=list)
    busy: int = 0
    helped: Callable[[], None] = lambda: None
    at_stage: Callable[[Layout], None] = lambda _: None

    def stage(self, layout: Layout) -> None:
        self.stages.append(layout.stage)
        self.at_stage(layout)

    def waits(self, workers: list[str]) -> None:
        self.waited.append(workers)
        self.helped()

    def moved(self, orders: int, busy: int) -> None:
        assert orders >= 0
        self.busy = max(self.busy, busy)
        if busy:
            self.helped()


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture(name="full")
def full_world(world: World) -> World:
    """A ledger of one partition with orders in every state."""
    world.redis.set(keys.PARTITIONS, 1)
    fill(world)
    return world


def fill(world: World) -> None:
    acts.disable(world, "westcon")
    for n, number in enumerate(NUMBERS):
        match n % 4:
            case 0:
                acts.dead(world, acts.link(f"L-{number}"), number=number)
            case 1:
                hint = acts.admit(world, acts.notification(f"N-{n}"), number=number)
                acts.settle(world, acts.sent(world, hint.leased[0]), acts.DONE)
            case 2:
                hint = acts.admit(world, acts.link(f"L-{number}"), number=number)
                acts.settle(world, acts.sent(world, hint.leased[0]), acts.AGAIN)
            case _:
                acts.admit(world, number=number, watch=WatchMove.START)


def repartition(world: World, seen: Seen, timeline: int = 200) -> Repartition:
    parcels = Parcels(world.scripts, DESTINATIONS, timeline)
    return Repartition(
        world.scripts, parcels, JANE, DEDUP_MS, seen, sleep=lambda _: None
    )


def orders_of(client: redis.Redis) -> dict[str, int]:
    """The partition of each order that there is."""
    found = {}
    for key in client.scan_iter("{wb:*}:order:*"):
        tag, _, number = text(key).partition("}:order:")
        assert number not in found, f"{number} is there twice"
        found[number] = int(tag.removeprefix("{wb:"))
    return found


def at_home(count: int) -> dict[str, int]:
    return {number: keys.partition_of(number, count) for number in NUMBERS}


@pytest.mark.parametrize("goal", [8, 3])
def test_all_orders_go_where_they_belong(full: World, seen: Seen, goal: int) -> None:
    done = repartition(full, seen).apply(goal)

    assert seen.stages == [Stage.WIDENING, Stage.MOVING, Stage.SETTLED]
    assert orders_of(full.redis) == at_home(goal)
    assert done.layout == layout_of(full.redis)
    assert (done.layout.count, done.layout.width) == (goal, goal)
    assert done.layout.index == 1
    (earlier,) = done.layout.earlier
    assert earlier.count == 1
    assert earlier.until_ms > 0
    assert broken(full.redis) == []
    assert Checks(full.redis, done.layout, print).all().wrong == {}
    assert full.redis.get(keys.PARTITIONS) == str(goal).encode()
    assert mover(full.redis) == ""


def test_back_into_fewer_and_what_was_given_up_is_empty(
    full: World, seen: Seen
) -> None:
    repartition(full, seen).apply(8)

    done = repartition(full, seen).apply(3)

    assert (done.layout.count, done.layout.width) == (3, 8)
    assert orders_of(full.redis) == at_home(3)
    assert [one.count for one in done.layout.earlier] == [1, 8]


def test_the_decisions_are_in_the_audit(full: World, seen: Seen) -> None:
    repartition(full, seen).apply(2)

    said = done(full.redis)
    assert [(one.stated("what"), one.stated("who")) for one in said] == [
        ("partitions.widening", "jane"),
        ("partitions.moving", "jane"),
        ("partitions.settled", "jane"),
    ]


def test_the_same_again_changes_nothing(full: World, seen: Seen) -> None:
    repartition(full, seen).apply(4)
    layout = layout_of(full.redis)

    done = repartition(full, seen).apply(4)

    assert (done.moved, done.layout) == (0, layout)


class StoppedError(Exception):
    """The command was killed."""


@pytest.mark.parametrize("after", [1, 2, 5, 9, 14, 20, 26])
def test_stopped_anywhere_it_goes_on(full: World, seen: Seen, after: int) -> None:
    """After each round trip in turn the command is killed."""
    before = Checks(full.redis, unmoved(1), print).all()
    stopped = 0
    left = after

    class Stopping(Clocked):
        def run_each(self, calls: Sequence[Call]) -> list[Any]:
            nonlocal left
            if left == 0:
                raise StoppedError
            left -= 1
            return super().run_each(calls)

    scripts = Stopping(full.redis, full.clock)
    parcels = Parcels(scripts, DESTINATIONS)
    while True:
        left = after
        one = Repartition(scripts, parcels, JANE, DEDUP_MS, seen, sleep=lambda _: None)
        try:
            one.apply(8)
        except StoppedError:
            stopped += 1
            after += 1
            continue
        break

    assert stopped
    assert orders_of(full.redis) == at_home(8)
    checked = Checks(full.redis, layout_of(full.redis), print).all()
    assert checked.wrong == {}
    assert checked.deliveries.total() == before.deliveries.total()
    assert broken(full.redis) == []


def test_another_number_is_refused_while_one_is_under_way(
    full: World, seen: Seen
) -> None:
    assert full.scripts.run(decision(unmoved(1), widened(unmoved(1), 8)))

    with pytest.raises(UnderWayError) as refused:
        repartition(full, seen).apply(4)

    assert refused.value.goal == 8


def test_workers_are_waited_for_until_they_follow(full: World, seen: Seen) -> None:
    heartbeats, version = Heartbeats(full.redis), 0
    heartbeats.beat("t", Heartbeat("celery@a", layout=0))

    def follows() -> None:
        nonlocal version
        version += 1
        heartbeats.beat("t", Heartbeat("celery@a", layout=version))

    seen.helped = follows
    repartition(full, seen).apply(8)

    assert seen.waited == [["celery@a"]] * 2


def test_workers_of_an_older_release_are_refused(full: World, seen: Seen) -> None:
    heartbeat = Heartbeat("celery@old", version="1.3", layout=UNKNOWN)
    Heartbeats(full.redis).beat("t", heartbeat)

    with pytest.raises(OlderReleaseError, match=r"celery@old \(1\.3\)"):
        repartition(full, seen).apply(8)

    assert orders_of(full.redis) == at_home(1)


def test_new_partitions_have_what_all_have_a_copy_of(full: World, seen: Seen) -> None:
    root = keys.prefix(0)
    full.scripts.run(Call("roster_join", root, ("acme", "zeta")))
    full.redis.set(keys.held(root), "went_back")

    repartition(full, seen).apply(4)

    for partition in range(4):
        there = keys.prefix(partition)
        assert full.redis.smembers(keys.endpoints(there)) == {b"acme", b"zeta"}
        assert full.redis.get(keys.roster(there))
        assert full.redis.smembers(keys.disabled(there)) == {b"westcon"}
        assert full.redis.get(keys.held(there)) == b"went_back"


def test_what_is_worked_on_moves_when_that_has_ended(full: World, seen: Seen) -> None:
    (hint,) = acts.admit(full, acts.link("L-new"), number="SO-10042").leased
    acts.sent(full, hint)

    def ends() -> None:
        acts.settle(full, hint, acts.DONE)

    seen.helped = ends

    repartition(full, seen).apply(8)

    assert seen.busy == 1
    assert orders_of(full.redis)["SO-10042"] == keys.partition_of("SO-10042", 8)


def test_all_deliveries_of_an_order_are_found_where_its_timeline_names_few(
    full: World, seen: Seen
) -> None:
    for n in range(6):
        hint = acts.admit(full, acts.notification(f"M{n}"), number="SO-long")
        acts.settle(full, acts.sent(full, hint.leased[0]), acts.DONE)
    full.redis.ltrim(keys.timeline(keys.prefix(0), "SO-long"), -2, -1)

    repartition(full, seen, timeline=2).apply(8)

    root = keys.prefix(keys.partition_of("SO-long", 8))
    assert full.redis.exists(*(f"{root}delivery:M{n}" for n in range(6))) == 6
    assert Checks(full.redis, layout_of(full.redis), print).all().wrong == {}


def test_an_order_that_cannot_move_is_named_and_the_others_move(
    full: World, seen: Seen
) -> None:
    layout = moving(widened(unmoved(1), 8), 0)
    number = next(one for one in NUMBERS if layout.home(one))
    home = keys.prefix(keys.partition_of(number, 8))
    full.redis.hset(keys.order(home, number), "version", 1)

    with pytest.raises(LeftError, match=f"{number} is in partition"):
        repartition(full, seen).apply(8)

    assert layout_of(full.redis).stage is Stage.MOVING
    full.redis.delete(keys.order(home, number))
    repartition(full, seen).apply(8)
    assert orders_of(full.redis) == at_home(8)


def test_what_lies_elsewhere_is_noticed_and_brought_home(
    full: World, seen: Seen
) -> None:
    repartition(full, seen).apply(4)
    layout = layout_of(full.redis)
    # Nothing refuses there what an older layout has placed.
    full.redis.delete(layout_keys.followed(keys.prefix(0)))
    astray = build(full.redis)
    acts.dead(astray, acts.link("L-astray"), number="SO-10042-b")
    assert layout.home("SO-10042-b")

    wrong = Checks(full.redis, layout, print).all().wrong
    assert set(wrong) == {Wrong.ASTRAY}
    done = repartition(full, seen).apply(4)

    assert done.moved == 1
    assert Checks(full.redis, layout, print).all().wrong == {}


def test_what_contradicts_itself_is_found(full: World) -> None:
    root = keys.prefix(0)
    full.redis.zadd(keys.dead(root), {"delivery:none": 1})
    full.redis.zrem(keys.dead(root), "delivery:L-SO-0")
    full.redis.sadd(layout_keys.parcels(root), "SO-parcel")

    found = Checks(full.redis, unmoved(1), print, sleep=lambda _: None).all()

    assert found.wrong == {Wrong.NOTHING: 1, Wrong.UNLISTED: 1, Wrong.IN_PARCEL: 1}
    assert found.orders[0] == len(NUMBERS)


def test_an_estimate_counts_what_would_move_and_changes_nothing(full: World) -> None:
    before = acts.everything(full)

    found = estimate(full.redis, 8, print)

    assert acts.everything(full) == before
    stays = sum(not keys.partition_of(number, 8) for number in NUMBERS)
    assert found.orders == len(NUMBERS)
    assert found.moving.total() == len(NUMBERS) - stays
    assert found.size > 0
    assert found.seconds > 0


def test_marks_of_earlier_counts_are_left_out_once_they_are_over() -> None:
    layout = Layout(5, 8, 8, 1, Stage.WIDENING, 3, (Earlier(1, 100), Earlier(4, 200)))

    assert moving(layout, 150).earlier == (Earlier(4, 200), Earlier(8))


@pytest.mark.long
def test_orders_go_where_they_belong_on_a_cluster(
    cluster: ClusterOf, seen: Seen
) -> None:
    client = ledger_client(cluster().url, 10)
    client.flushall()
    # Enough for each partition to have some of its own.
    known = tuple(replace(one, max_leased=128) for one in KNOWN)
    world = build(client, partitions=8, known=known)
    world.places.layout = unmoved(1)
    client.set(keys.PARTITIONS, 1)
    fill(world)

    done = repartition(world, seen).apply(8)
    back = repartition(world, seen).apply(3)

    assert done.moved
    assert back.moved
    assert orders_of(client) == at_home(3)
    assert Checks(client, back.layout, print).all().wrong == {}
    client.close()
