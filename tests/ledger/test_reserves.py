"""A destination's limit holds over all partitions, and no partition goes without."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
import redis

from tasks.concurrency import leases_left, most_leased
from tasks.ledger_values import Delivery, Hint
from tests.conftest import ClusterOf
from tests.defaults import destination, retry
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.ledger.nodes import calls
from workers.dispatch.slots import Slots
from workers.ledger import keys
from workers.ledger.reserves import GIVEN_MS, HELD_MS, Wish
from workers.ledger.views.gates import standings
from workers.redis.clients import ledger_client
from workers.steps.release import Release

DECK = "deck"
PARTITIONS = 8
THREADS = 32
STEPS = 150

Limited = Callable[[int], World]


@pytest.fixture
def limited(redis: redis.Redis) -> Limited:
    """A ledger of eight partitions whose only destination has this limit."""
    return lambda limit: limited_on(redis, limit)


def limited_on(client: redis.Redis, limit: int) -> World:
    known = destination(DECK, retry(pauses=(10.0,)), max_leased=limit)
    return build(client, partitions=PARTITIONS, known=[known])


class Worker:
    """Release and the threads of one worker; what it was given is under way."""

    def __init__(self, world: World, seed: int = 0) -> None:
        self._world = world
        self._dice = random.Random(seed)
        self.going: list[Hint] = []
        self.ended = 0
        self._release = Release(
            world.claims,
            world.gates,
            self,
            world.destinations,
            world.room.most_leased,
            1.0,
            lambda _: 1.0,
            Slots(THREADS),
        )

    def send(self, hints: Sequence[Hint]) -> None:
        self.going += [replace(h, claims=(c,)) for h in hints for c in h.claims]

    def release(self) -> None:
        self._release.turn()
        self._world.clock.advance(1_000)

    def admit(self, number: str) -> None:
        self.send(acts.admit(self._world, acts.link(number), number=number).leased)

    def claim(self) -> None:
        """Claim as a thread does that has finished, in any partition."""
        hint = Hint(DECK, self._dice.randrange(PARTITIONS), ())
        self.send([replace(hint, claims=self._world.ledger.claim(hint, 4))])

    def end(self) -> None:
        """Have a call succeed."""
        if not self.going:
            return
        hint = self.going.pop(self._dice.randrange(len(self.going)))
        begun = acts.begin(self._world, hint)
        assert all(isinstance(one, Delivery) for one in begun)
        assert acts.settle(self._world, hint, acts.DONE) == ["done"]
        self.ended += 1


def leased(world: World) -> list[int]:
    names = [keys.leased(keys.prefix(p), DECK) for p in range(PARTITIONS)]
    return [int(world.redis.zcard(name)) for name in names]


def of_partition(partition: int) -> Iterator[str]:
    """Numbers of orders that lie there."""
    every = (f"SO-{n}" for n in range(10_000))
    return (n for n in every if keys.partition_of(n, PARTITIONS) == partition)


def wish(world: World, partition: int, most: int, ended: int = 0) -> Wish:
    known = world.destinations[DECK]
    cap = most_leased(known, 1.0)
    return Wish(known, partition, most, cap, ended, is_beyond=True)


def work_within(world: World, limit: int) -> None:
    """Three workers do what there is in random steps, and all of it gets done."""
    dice, admitted, highest = random.Random(limit), 0, 0
    workers = [Worker(world, seed) for seed in range(3)]
    for _ in range(STEPS):
        one, chance = dice.choice(workers), dice.random()
        if chance < 0.5:
            one.admit(f"SO-{admitted}")
            admitted += 1
        elif chance < 0.7:
            one.release()
        elif chance < 0.8:
            one.claim()
        else:
            one.end()
        highest = max(highest, sum(leased(world)))
        assert highest <= limit

    while sum(one.ended for one in workers) < admitted:
        for one in workers:
            one.release()
            one.end()
        assert sum(leased(world)) <= limit
    assert highest >= min(limit, PARTITIONS) / 2


@pytest.mark.parametrize("limit", [1, 3, 8, 13, 40])
def test_no_more_is_leased_than_the_limit_in_all_partitions_together(
    limited: Limited, limit: int
) -> None:
    work_within(limited(limit), limit)


@pytest.mark.parametrize("limit", [3, 13])
def test_the_limit_holds_on_a_cluster_too(cluster: ClusterOf, limit: int) -> None:
    client = ledger_client(cluster().url, 10)
    client.flushall()

    work_within(limited_on(client, limit), limit)

    client.close()


def test_one_partition_has_its_own_and_the_whole_reserve(limited: Limited) -> None:
    world = limited(16)
    worker, numbers = Worker(world), of_partition(5)
    for _ in range(20):
        worker.admit(next(numbers))
    assert leased(world)[5] == 1

    worker.release()

    # A quarter of 16, and what does not come out even; one each is the others' own.
    assert leased(world) == [0, 0, 0, 0, 0, 9, 0, 0]


def test_what_others_have_of_the_reserve_is_not_given_again(limited: Limited) -> None:
    world = limited(3)
    worker = Worker(world)
    for partition in range(PARTITIONS):
        worker.admit(next(of_partition(partition)))
    assert sum(leased(world)) == 0

    with world.claims.reserves.lent([wish(world, 0, 2), wish(world, 1, 2)]) as lent:
        hints = world.claims.claim_each(lent)

    assert [one.most for one in lent] == [2, 2]
    assert [one.cap for one in lent] == [2, 1]
    assert [len(hint.claims) for hint in hints] == [1, 1]
    with world.claims.reserves.lent([wish(world, 2, 2), wish(world, 3, 2)]) as lent:
        assert [one.most for one in lent] == [2, 0]
        assert lent[0].cap == 1


def test_one_worker_at_a_time_gives_of_a_reserve(limited: Limited) -> None:
    world = limited(3)
    one, other = world.claims.reserves, world.claims.reserves

    with (
        one.lent([wish(world, 0, 1)]) as first,
        other.lent([wish(world, 1, 1)]) as second,
    ):
        assert [first[0].most, second[0].most] == [1, 0]
    with other.lent([wish(world, 1, 1)]) as third:
        assert third[0].most == 1


def test_who_comes_too_late_with_a_claim_leases_nothing(limited: Limited) -> None:
    world = limited(3)
    Worker(world).admit(next(of_partition(0)))

    with world.claims.reserves.lent([wish(world, 0, 1)]) as lent:
        world.clock.advance(GIVEN_MS + 1)
        late = world.claims.claim_each(lent)

    assert [hint.claims for hint in late] == [()]
    assert sum(leased(world)) == 0


def test_a_reserve_whose_holder_failed_is_given_of_again_once_its_claim_is_too_late(
    limited: Limited,
) -> None:
    world = limited(3)

    with (
        pytest.raises(redis.ConnectionError),
        world.claims.reserves.lent([wish(world, 0, 1)]),
    ):
        raise redis.ConnectionError

    left = world.redis.pttl(keys.reserve(DECK))
    assert GIVEN_MS < left <= HELD_MS
    world.redis.delete(keys.reserve(DECK))
    with world.claims.reserves.lent([wish(world, 0, 1)]) as lent:
        assert lent[0].most == 1


def test_what_died_with_its_worker_is_leased_again_though_nothing_is_left(
    limited: Limited,
) -> None:
    world = limited(1)
    dead, other = Worker(world), Worker(world)
    for partition in range(PARTITIONS):
        dead.admit(next(of_partition(partition)))
    dead.release()
    assert len(dead.going) == 1

    world.clock.advance(world.retention.lease)
    while other.ended < PARTITIONS:
        other.release()
        other.end()

    assert sum(leased(world)) == 0


def test_who_asks_why_a_partition_waits_sees_what_the_others_have(
    limited: Limited,
) -> None:
    world = limited(3)
    worker, numbers = Worker(world), of_partition(5)
    for _ in range(4):
        worker.admit(next(numbers))
    worker.release()

    seen = [
        standings(
            world.redis, keys.prefix(p), [DECK], world.clock.now_ms - 1_000, PARTITIONS
        )[DECK]
        for p in (5, 0)
    ]

    assert [(one.leased, sum(one.elsewhere)) for one in seen] == [(3, 0), (0, 3)]
    every = [(one.leased, *one.elsewhere) for one in seen]
    assert [leases_left(3, one) for one in every] == [0, 0]


def test_a_ledger_of_one_partition_asks_for_no_reserve(redis: redis.Redis) -> None:
    known = destination(DECK, retry(pauses=(10.0,)), max_leased=3)
    world = build(redis, known=[known])
    worker = Worker(world)
    for n in range(9):
        worker.admit(f"SO-{n}")
    before = calls(redis)

    worker.release()

    called = calls(redis) - before
    assert int(redis.zcard("{wb:0}:leased:deck")) == 3
    # The clock's own.
    assert called["set"] == len(world.clock.names)
