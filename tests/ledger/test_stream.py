"""The stream of events: nothing is lost between reading and acknowledging."""

import redis

from tests.ledger.entries import publish, read
from workers.ledger.answers import text
from workers.ledger.stream import Stream


def test_events_from_before_the_group_are_read_too(redis: redis.Redis) -> None:
    early = Stream(redis, "orders:events", "waybill")
    id_ = early.publish(b"early")

    early.make()
    early.make()

    assert read(early) == [id_]


def test_an_event_is_read_once_and_pending_until_acknowledged(stream: Stream) -> None:
    ids = publish(stream, 3)

    assert read(stream, 2) == ids[:2]
    assert read(stream, consumer="two") == ids[2:]
    assert read(stream) == []
    assert stream.pending_count() == 3
    stream.acknowledge(ids[:2])
    stream.acknowledge([])
    assert stream.pending_count() == 1


def test_entries_are_bytes_or_none_or_without_an_event_empty(
    stream: Stream, redis: redis.Redis
) -> None:
    kept, dropped = stream.publish(b"\xff\x00"), stream.publish(b"x")
    redis.xdel("orders:events", dropped)
    other = text(redis.xadd("orders:events", {"other": "field"}))

    assert stream.entries([kept, dropped, other]) == {
        kept: b"\xff\x00",
        dropped: None,
        other: b"",
    }
