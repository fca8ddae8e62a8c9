"""Entries that stay pending: overdue after a lease, claimed back and started anew."""

import redis

from tests.ledger.clock import STREAM
from tests.ledger.entries import publish, read
from workers.ledger.stream.entries import Pending
from workers.ledger.stream.reader import Stream

HOUR_MS = 3_600_000


def test_what_stays_pending_is_overdue_oldest_first(stream: Stream) -> None:
    ids = publish(stream, 3)
    read(stream)
    stream.acknowledge([ids[1]])

    assert stream.overdue(0, 10) == [Pending(ids[0], 0), Pending(ids[2], 0)]
    assert stream.overdue(0, 1) == [Pending(ids[0], 0)]
    assert stream.overdue(60_000, 10) == []


def test_handing_an_entry_out_again_does_not_count_and_starting_on_it_does(
    stream: Stream,
) -> None:
    ids = publish(stream, 2)
    read(stream)

    assert stream.claim_back("two", ids, 0) == ids
    stream.start(ids[:1])

    assert [one.starts for one in stream.overdue(0, 10)] == [1, 0]
    assert stream.claim_back("two", [], 0) == []


def test_starting_reports_the_bytes_of_what_is_still_to_be_admitted(
    stream: Stream, redis: redis.Redis
) -> None:
    waiting, done, deleted = publish(stream, 3)
    read(stream)
    stream.acknowledge([done])
    redis.xdel(STREAM, deleted)

    bodies = stream.start([waiting, done, deleted])

    assert bodies == {
        waiting: stream.entries([waiting])[waiting],
        done: None,
        deleted: None,
    }


def test_an_entry_that_was_started_is_overdue_a_lease_later(
    stream: Stream, redis: redis.Redis
) -> None:
    ids = publish(stream, 1)
    read(stream)
    redis.xclaim(STREAM, "waybill", "one", 0, [*ids], idle=HOUR_MS)
    assert [one.id for one in stream.overdue(HOUR_MS, 10)] == ids

    stream.start(ids)

    assert stream.overdue(HOUR_MS, 10) == []


def test_an_entry_that_is_not_overdue_is_left_to_its_holder(stream: Stream) -> None:
    ids = publish(stream, 1)
    read(stream)

    assert stream.claim_back("two", ids, 60_000) == []


def test_of_two_who_claim_an_entry_back_one_gets_it(
    stream: Stream, redis: redis.Redis
) -> None:
    ids = publish(stream, 1)
    read(stream)
    redis.xclaim(STREAM, "waybill", "one", 0, [*ids], idle=HOUR_MS)

    got = [stream.claim_back(name, ids, HOUR_MS) for name in ("two", "three")]

    assert got == [ids, []]


def test_a_deleted_entry_is_answered_so_that_somebody_acknowledges_it(
    stream: Stream, redis: redis.Redis
) -> None:
    ids = publish(stream, 3)
    read(stream)
    redis.xdel(STREAM, ids[1])

    got = stream.claim_back("two", ids, 0)

    assert got == ids
    stream.acknowledge([id_ for id_, body in stream.entries(got).items() if not body])
    assert [one.id for one in stream.overdue(0, 10)] == [ids[0], ids[2]]
