"""Partitions rest whose primary lacks replicas: on a Cluster each by itself."""

import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest
import redis

from tasks.ledger_values import Delivery, Hint, Refused, Settlement
from tests.conftest import ClusterOf
from tests.ledger import acts
from tests.ledger.clock import MANY, World, build
from tests.ledger.places import where
from tests.ledger.test_streams import of_partition
from workers.dispatch.elsewhere import Elsewhere
from workers.dispatch.partition_gates import PartitionGates
from workers.dispatch.room import Room
from workers.dispatch.slots import Slots
from workers.ledger import keys
from workers.ledger.begins import CLOSED
from workers.ledger.gates import Change
from workers.ledger.store import RedisLedger
from workers.redis.clients import ledger_client
from workers.redis.durability import NONE, Durability
from workers.steps.release import Release

PARTITIONS = 4

#: One replica, which no primary has here.
MISSING = Durability(1, 1)


@dataclass
class Worker:
    """One process: what it knows of gates, its Release, and what it was given.

    Attributes:
        changes: gates that it has closed or opened.
        going: hints that nobody has worked on yet.
    """

    world: World
    apart: PartitionGates
    room: Room
    release: Release = field(init=False)
    changes: list[tuple[int, Change]] = field(default_factory=list)
    going: list[Hint] = field(default_factory=list)

    def __post_init__(self) -> None:
        world = self.world
        self.release = Release(
            world.claims,
            world.gates,
            self,
            world.destinations,
            self.room.most_leased,
            1.0,
            lambda _: 1.0,
            Slots(MANY),
            apart=self.apart,
        )

    @property
    def ledger(self) -> RedisLedger:
        return self.world.ledger

    def send(self, hints: Sequence[Hint]) -> None:
        self.going += [one for one in hints if one.claims]

    def turn(self) -> list[Hint]:
        """What Release gives in one turn."""
        self.release.turn()
        found, self.going = self.going, []
        return found

    def begin(self, hint: Hint) -> list[object]:
        return [*self.ledger.begin(hint, hint.claims, "run")]


@pytest.fixture
def client(cluster: ClusterOf) -> Iterator[redis.Redis]:
    client = ledger_client(cluster().url, 10)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def world(client: redis.Redis) -> World:
    """A ledger of four partitions, of which no primary has the replica it needs."""
    made = build(client, partitions=PARTITIONS)
    made.scripts._durability = MISSING
    return made


def worker(world: World) -> Worker:
    """Start a process that knows nothing yet."""
    changes: list[tuple[int, Change]] = []
    apart = PartitionGates(world.scripts, lambda *one: changes.append(one))
    seconds, slots = (lambda _: 1.0), Slots(MANY)
    room = Room(world.destinations, world.gates, seconds, slots, PARTITIONS, apart)
    ledger = RedisLedger(
        world.redis,
        world.stream,
        world.destinations,
        room,
        world.retention,
        world.places,
        world.scripts,
    )
    return Worker(replace(world, ledger=ledger), apart, room, changes)


def resting(world: World) -> Worker:
    """Start a process to which partition 1 has not confirmed a start."""
    made = worker(world)
    [hint] = acts.admit(made, acts.link("L1"), number=of_partition(1)).leased
    assert made.begin(hint) == [Refused(hint.claims[0])]
    return made


def orders(world: World, partition: int, count: int) -> list[str]:
    """Names of orders of one partition."""
    names = (f"SO-{n}" for n in range(10_000))
    own = (one for one in names if world.places.home(one) == partition)
    return [next(own) for _ in range(count)]


def waits(cluster: ClusterOf) -> int:
    """How often replicas were waited for on all primaries."""
    found = 0
    for one in cluster().primaries:
        with one.client() as node:
            stats = node.info("commandstats")
            found += stats.get("cmdstat_wait", {"calls": 0})["calls"]
    return found


def test_nothing_begins_in_a_partition_that_rests_and_others_go_on(
    world: World,
) -> None:
    one = resting(world)

    elsewhere = acts.admit(one, acts.link("L2"), number=of_partition(2)).leased
    other = acts.admit(one, acts.notification("N1"), number=of_partition(1))

    assert [hint.partition for hint in elsewhere] == [2]
    assert other.leased == ()
    assert where(world.redis, "delivery:N1") == ["due"]
    assert [(partition, c.closed, c.code) for partition, c in one.changes] == [
        (1, True, "replicas")
    ]


def test_no_thread_claims_in_a_partition_that_rests(world: World) -> None:
    one = resting(world)
    acts.admit(one, acts.notification("N1"), number=of_partition(1))
    hint = Hint("ingram/acme", 1, ())
    one.room.crowded = True
    looking = Elsewhere(
        world.claims, world.destinations, one.room, Slots(MANY), lambda _: 1
    )

    assert one.ledger.claim(hint, 1) == ()
    assert looking.hint() is None
    assert len(worker(world).ledger.claim(hint, 1)) == 0


def test_what_is_on_its_way_there_is_given_back_unasked(
    world: World, cluster: ClusterOf
) -> None:
    one, name = worker(world), of_partition(1)
    made = [acts.link("L1"), acts.notification("N1"), acts.notification("N2", "zeta")]
    first, second, third = acts.admit(one, *made, number=name).leased
    one.begin(first)
    before = waits(cluster)

    assert one.begin(second) == [Refused(second.claims[0])]
    done = Settlement(first.claims[0], acts.DONE, "http 200")
    following = one.ledger.settle_and_begin(third, done, third.claims[0], "run")

    assert following == Refused(third.claims[0])
    assert waits(cluster) == before
    for ref in ("delivery:N1", "delivery:N2"):
        assert where(world.redis, ref) == ["due"]
        tries = world.redis.hget(keys.item(keys.prefix(1), ref), "tries")
        assert tries == b"0"


def test_one_item_goes_first_and_all_when_it_is_confirmed(world: World) -> None:
    one = resting(world)
    for name in orders(world, 1, 4):
        acts.admit(one, acts.link(f"of-{name}"), number=name)
    assert one.turn() == []
    world.clock.advance(int(CLOSED * 1000))
    first, second = worker(world), worker(world)

    [tried] = first.turn()

    assert len(tried.claims) == 1
    assert second.turn() == []
    world.scripts._durability = NONE
    assert isinstance(first.begin(tried)[0], Delivery)
    left = []
    for _ in range(3):
        world.clock.advance(1_000)
        left += [claim for hint in second.turn() for claim in hint.claims]
    assert len(left) > 1


def _refused(*_: object) -> None:
    raise OSError(errno.EMFILE, "Too many open files")


def test_what_has_begun_has_begun_whatever_can_be_noted_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what has not is given back."""
    for name in ("confirmed", "close"):
        monkeypatch.setattr(PartitionGates, name, _refused)
    one = worker(world)
    [hint] = acts.admit(one, acts.link("L1"), number=of_partition(1)).leased
    assert one.begin(hint) == [Refused(hint.claims[0])]
    assert where(world.redis, "delivery:L1") == ["due"]
    world.scripts._durability = NONE

    [other] = acts.admit(one, acts.link("L2"), number=of_partition(2)).leased
    assert isinstance(one.begin(other)[0], Delivery)


def test_an_hour_without_replicas_is_a_trial_each_quarter_of_a_minute(
    world: World, cluster: ClusterOf
) -> None:
    """Not a start of each item every few seconds."""
    for partition in (1, 2):
        for name in orders(world, partition, 20):
            acts.admit(world, acts.link(f"of-{name}"), number=name)
    world.clock.advance(int(world.retention.lease) + 1_000)
    before, seconds = waits(cluster), 90
    for _ in range(seconds):
        # What a process has seen itself goes by another clock: these have not.
        for hint in worker(world).turn():
            for claim in hint.claims:
                alone = replace(hint, claims=(claim,))
                worker(world).begin(alone)
        world.clock.advance(1_000)

    tried = waits(cluster) - before

    # Both partitions have begun what they had room for, and then one item each time.
    assert tried <= 2 * (world.destinations["deck"].max_leased + seconds // CLOSED)
