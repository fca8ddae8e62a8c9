"""What was found of a restore is kept until accepted; while held, nothing is sent."""

import pytest
import redis

from tasks.restore_detection import Finding, Kind
from tests.ledger import acts
from tests.ledger.clock import Clocked, World
from tests.ledger.nodes import configure
from tests.ledger.places import broken
from workers.ledger import keys
from workers.ledger.restore.findings import Restored, Restores

FOUND = Finding(Kind.WENT_BACK, "it went back", 5_000, holds=True)


@pytest.fixture
def restores(world: World) -> Restores:
    return Restores(world.redis, 1, Clocked(world.redis, world.clock))


def test_nothing_is_found_of_a_ledger_that_goes_on(restores: Restores) -> None:
    assert restores.restored() == Restored()
    assert restores.accept() == Restored()


def test_of_several_who_find_the_same_the_heaviest_is_kept_with_its_first_moment(
    world: World, restores: Restores
) -> None:
    first = restores.report(FOUND, "one@h", hold=False)
    at_ms = world.clock.now_ms
    world.clock.advance(1_000)
    heavier = Finding(Kind.WENT_BACK, "by far", 9_000)
    lighter = Finding(Kind.WENT_BACK, "by little", 1)

    again = [restores.report(one, "two@h", hold=False) for one in (heavier, lighter)]

    [kept] = restores.restored().found
    assert (first, again) == (True, [False, False])
    assert (kept.kind, kept.message, kept.by) == ("went_back", "by far", "two@h")
    assert kept.at_ms == at_ms


def test_kinds_are_kept_beside_each_other_until_a_person_accepts_them(
    restores: Restores,
) -> None:
    restores.report(FOUND, "one@h", hold=False)
    restores.report(Finding(Kind.CLOCK_BACK, "by an hour"), "one@h", hold=False)

    accepted = restores.accept()

    assert {one.kind for one in accepted.found} == {"went_back", "clock_back"}
    assert restores.restored() == Restored()


def test_while_held_nothing_is_claimed_or_begun_and_events_are_admitted(
    cut_world: World,
) -> None:
    world = cut_world
    restores = Restores(
        world.redis, world.partitions, Clocked(world.redis, world.clock)
    )
    hint = acts.admit(world, acts.link()).leased[0]
    sent = acts.sent(world, acts.admit(world, acts.link("L2"), number="B").leased[0])

    restores.report(FOUND, "one@h", hold=True)

    assert acts.going(world, hint) == []
    assert acts.admit(world, acts.link("L3"), number="C").leased == ()
    assert world.claims.work() == []
    for partition in range(world.partitions):
        known = world.destinations["deck"]
        assert world.claims.claim(known, partition, 9, 99).claims == ()
    assert acts.settle(world, sent, acts.DONE) == ["done"]
    assert restores.restored().held
    assert broken(world.redis) == []


def test_what_was_held_goes_on_at_once_when_it_is_accepted(
    world: World, restores: Restores
) -> None:
    hint = acts.admit(world, acts.link()).leased[0]
    restores.report(FOUND, "one@h", hold=True)
    acts.going(world, hint)

    assert restores.accept().held

    assert [one.due for one in world.claims.work()] == [1]
    assert acts.going(world, acts.claim(world)) == ["delivery:L1"]


def test_a_full_redis_is_reported_too(
    redis: redis.Redis, world: World, restores: Restores
) -> None:
    world.clock.reach(keys.RESTORE)
    configure(redis, "maxmemory", 1)
    try:
        restores.report(FOUND, "one@h", hold=False)
    finally:
        configure(redis, "maxmemory", 0)

    assert restores.restored().found
