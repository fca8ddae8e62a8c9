"""Looks at the ledger's marks, on a Redis that goes back or whose replica leads."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import redis

from tasks.restore_detection import Finding, Kind, Known, Look, findings
from tests.ledger import acts
from tests.ledger.clock import STREAM, Clocked, World, build
from tests.ledger.nodes import configure
from tests.processes.failing_over import follow
from tests.redis_servers import RedisServer, running
from workers.ledger import keys
from workers.ledger.identity.metadata import found
from workers.ledger.restore.findings import Restores
from workers.ledger.restore.marks import LedgerMarks
from workers.redis.answers import octets

#: Puts the ledger back to where it was when this was made.
GoBack = Callable[[], None]


def known(look: Look) -> Known:
    return Known(look.marks, (look.asked, look.answered))


def kinds(seen: Look, now: Look) -> list[Kind]:
    found: tuple[Finding, ...] = findings(known(seen), now)
    return [one.kind for one in found]


def saved(client: redis.Redis) -> GoBack:
    """What a file would hold now, and the way to put it in place of what is there."""
    kept = {key: octets(client.dump(key)) for key in client.scan_iter()}
    lives = {key: max(0, client.pttl(key)) for key in kept}

    def go_back() -> None:
        client.flushall()
        for key, content in kept.items():
            client.restore(key, lives[key], content)

    return go_back


@pytest.fixture
def marks(redis: redis.Redis) -> LedgerMarks:
    found(redis, 1)
    return LedgerMarks(redis, "one", STREAM)


def test_nothing_is_found_as_long_as_the_ledger_goes_on(
    redis: redis.Redis, marks: LedgerMarks
) -> None:
    other = LedgerMarks(redis, "other", STREAM)
    first = marks.look()
    redis.xadd(STREAM, {"event": "x"})
    other.look()
    second = marks.look()

    assert kinds(first, second) == []
    assert (second.marks.version, second.own) == (3, 1)
    assert second.marks.last_entry > first.marks.last_entry


def test_one_look_that_is_forgotten_is_found_by_who_looked_whoever_looked_since(
    redis: redis.Redis, marks: LedgerMarks
) -> None:
    other = LedgerMarks(redis, "other", STREAM)
    marks.look(), other.look()
    go_back = saved(redis)
    mine, theirs = marks.look(), other.look()

    go_back()
    found_first = kinds(theirs, other.look())
    for _ in range(3):
        other.look()

    assert found_first == [Kind.WENT_BACK]
    assert kinds(mine, marks.look()) == [Kind.WENT_BACK]


def test_what_a_person_accepted_is_not_found_again_by_who_was_away(
    redis: redis.Redis, marks: LedgerMarks
) -> None:
    restores, other = Restores(redis, 1), LedgerMarks(redis, "other", STREAM)
    marks.look(), other.look()
    go_back = saved(redis)
    away = marks.look()
    go_back()
    restores.accept()
    accepted, go_back = other.look(), saved(redis)
    seen = other.look()

    assert kinds(away, marks.look()) == []
    go_back()
    assert kinds(seen, other.look()) == [Kind.WENT_BACK]
    assert seen.marks.accepted_ms == accepted.marks.accepted_ms > 0


def test_a_ledger_from_before_it_was_accepted_is_found_until_it_is_accepted_again(
    redis: redis.Redis, marks: LedgerMarks
) -> None:
    restores = Restores(redis, 1)
    marks.look()
    go_back = saved(redis)
    redis.hset(keys.MARKS, "accepted", 9 * 10**12)
    restores.accept()
    seen = marks.look()

    go_back()

    assert seen.marks.accepted_ms == 9 * 10**12 + 1
    assert kinds(seen, marks.look()) == [Kind.WENT_BACK]


def test_what_was_admitted_since_is_counted(redis: redis.Redis) -> None:
    world = build(redis, partitions=4)
    found(redis, 4)
    marks = LedgerMarks(redis, "one", STREAM, 4)
    acts.admit(world, number="A")
    marks.look()
    go_back = saved(redis)
    for number in "BCDE":
        acts.admit(world, number=number)
    seen = marks.look()

    go_back()

    [one] = findings(known(seen), marks.look())
    assert "not known any more: 4, or more" in one.message


def test_a_worker_whose_own_mark_is_gone_goes_by_the_version(
    redis: redis.Redis, marks: LedgerMarks
) -> None:
    seen = marks.look()
    redis.hset(keys.MARKS, "version", 1_000_999)
    LedgerMarks(redis, "other", STREAM).look()

    assert not redis.hexists(keys.MARKS, "one")
    assert kinds(seen, marks.look()) == []


def test_an_emptied_redis_is_found_and_then_the_ledger_made_anew_is_not(
    redis: redis.Redis, marks: LedgerMarks
) -> None:
    seen = marks.look()
    redis.flushall()
    empty = marks.look()
    found(redis, 1)

    assert kinds(seen, empty) == [Kind.EMPTIED]
    assert kinds(empty, marks.look()) == []


def test_another_ledger_in_its_place_is_found(
    redis: redis.Redis, marks: LedgerMarks
) -> None:
    seen = marks.look()
    redis.set(keys.EPOCH, 5)

    assert kinds(seen, marks.look()) == [Kind.REPLACED]


def test_a_deleted_stream_is_no_restore(redis: redis.Redis, marks: LedgerMarks) -> None:
    redis.xadd(STREAM, {"event": "x"})
    seen = marks.look()
    redis.delete(STREAM)

    assert kinds(seen, marks.look()) == []


def test_a_step_of_the_clock_is_seen_by_one_look_alone(world: World) -> None:
    scripts = Clocked(world.redis, world.clock)
    one, two = (LedgerMarks(world.redis, n, STREAM, 1, scripts) for n in "ab")
    one.look(), two.look()

    world.clock.advance(-3_600_000)

    steps = [one.look().stepped_back_ms, two.look().stepped_back_ms]
    assert steps == [3_600_000, 0]


def test_a_full_redis_is_looked_at_too(redis: redis.Redis, marks: LedgerMarks) -> None:
    seen = marks.look()
    configure(redis, "maxmemory", 1)
    try:
        assert kinds(seen, marks.look()) == []
    finally:
        configure(redis, "maxmemory", 0)


def test_who_stops_takes_its_mark_back(redis: redis.Redis, marks: LedgerMarks) -> None:
    marks.look()

    marks.end()

    assert not redis.hexists(keys.MARKS, "one")


def test_a_replica_that_takes_over_without_the_last_writes_is_distinguished(
    redis_server: RedisServer,
) -> None:
    """And a server that read the former primary's older file is a restore."""
    with (
        running(redis_server.binary) as primary,
        running(redis_server.binary) as replica,
        primary.client() as client,
        replica.client() as other,
    ):
        found(client, 1)
        follow(replica, primary)
        LedgerMarks(client, "one", STREAM).look()
        client.wait(1, 1000)
        client.save()
        other.replicaof("NO", "ONE")
        seen = LedgerMarks(client, "one", STREAM).look()

        # It has run longer than this test.
        now = replace(LedgerMarks(other, "one", STREAM).look(), up_seconds=60.0)
        primary.kill()
        primary.start()
        back = LedgerMarks(primary.client(), "one", STREAM).look()

    assert kinds(seen, now) == [Kind.FAILED_OVER]
    assert kinds(seen, back) == [Kind.WENT_BACK]
