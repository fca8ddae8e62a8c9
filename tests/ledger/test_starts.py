"""Starts of entries: those beside others count up to a bound, those alone each once."""

import pytest
import redis

from serializers.events.entry_fields import Apart
from tests.ledger.clock import STREAM, World
from tests.ledger.entries import publish, read
from workers.ledger.stream.entries import Pending
from workers.ledger.stream.reader import Stream

BESIDE = 2


@pytest.fixture(name="bounded")
def made_bounded(redis: redis.Redis) -> Stream:
    stream = Stream(redis, STREAM, "waybill", beside=BESIDE)
    stream.make()
    return stream


def started(stream: Stream) -> list[Pending]:
    return stream.overdue(0, 100)


def test_starts_beside_others_never_count_beyond_their_bound(bounded: Stream) -> None:
    ids = publish(bounded, 3)
    read(bounded)

    found = [bounded.start(ids) for _ in range(BESIDE + 3)]

    assert started(bounded) == [Pending(one, BESIDE) for one in ids]
    assert found[BESIDE:] == [dict.fromkeys(ids, Apart(BESIDE))] * 3


def test_an_entry_that_is_to_be_alone_leaves_the_others_of_its_hint_alone(
    bounded: Stream,
) -> None:
    ids = publish(bounded, 3)
    read(bounded)
    for _ in range(BESIDE):
        bounded.start(ids[1:2])

    found = bounded.start(ids)

    assert [isinstance(one, Apart) for one in found.values()] == [False, False, True]
    assert [*found] == [ids[0], ids[2], ids[1]]
    assert started(bounded) == [
        Pending(ids[0], 1),
        Pending(ids[1], BESIDE),
        Pending(ids[2], 1),
    ]


def test_entries_of_a_hint_in_any_order_are_known_by_their_starts(
    bounded: Stream,
) -> None:
    ids = publish(bounded, 4)
    read(bounded)
    for _ in range(BESIDE):
        bounded.start(ids[3:])

    found = bounded.start([ids[3], ids[0]])

    assert found[ids[3]] == Apart(BESIDE)
    assert not isinstance(found[ids[0]], Apart)


def test_a_start_alone_counts_once_however_often_its_answer_is_lost(
    bounded: Stream,
) -> None:
    ids = publish(bounded, 1)
    read(bounded)
    expected = bounded.start(ids)

    found = [bounded.start_alone(ids[0], 4) for _ in range(3)]

    assert found == [expected] * 3
    assert started(bounded) == [Pending(ids[0], 5)]


def test_a_start_alone_takes_no_start_of_another_worker_away(bounded: Stream) -> None:
    ids = publish(bounded, 1)
    read(bounded)
    bounded.start_alone(ids[0], 6)

    bounded.start_alone(ids[0], 2)

    assert started(bounded) == [Pending(ids[0], 7)]


def test_what_is_gone_or_acknowledged_cannot_be_started_alone(
    bounded: Stream, redis: redis.Redis
) -> None:
    done, deleted = publish(bounded, 2)
    read(bounded)
    bounded.acknowledge([done])
    redis.xdel(STREAM, deleted)

    found = [bounded.start_alone(one, BESIDE) for one in (done, deleted)]

    assert found == [{done: None}, {deleted: None}]


def test_a_start_is_taken_back_once_and_stays_as_long_ago_as_it_was(
    bounded: Stream, redis: redis.Redis
) -> None:
    ids = publish(bounded, 1)
    read(bounded)
    bounded.start_alone(ids[0], 4)
    redis.xclaim(STREAM, "waybill", "one", 0, [*ids], idle=60_000, justid=True)

    for _ in range(3):
        bounded.take_back(ids[0], 4)

    assert bounded.overdue(60_000, 100) == [Pending(ids[0], 4)]


def test_a_start_alone_that_ended_with_redis_does_not_count(world: World) -> None:
    stream = world.stream
    stream.make()
    first, second = publish(stream, 2)
    read(stream)

    with pytest.raises(redis.ConnectionError), world.ledger.started_alone(first, 4):
        raise redis.ConnectionError
    counted = started(stream)[0]
    with world.ledger.started_alone(second, 4):
        pass

    assert counted == Pending(first, 5)
    assert started(stream) == [Pending(first, 4), Pending(second, 5)]


def test_a_start_alone_that_ended_with_a_defect_counts(world: World) -> None:
    stream = world.stream
    stream.make()
    (only,) = publish(stream, 1)
    read(stream)

    with pytest.raises(ValueError, match="defect"), world.ledger.started_alone(only, 4):
        raise ValueError("a defect")
    with world.ledger.started_alone(only, 5):
        pass

    assert started(stream) == [Pending(only, 6)]
