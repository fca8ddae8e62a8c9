"""The stream of events: nothing is lost between reading and acknowledging."""

import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serializers.events.entry_fields import Fields, of_event
from tests.ledger.clock import STREAM
from tests.ledger.entries import publish, read
from workers.ledger.stream.reader import Stream
from workers.redis.answers import text


def test_events_from_before_the_group_are_read_too(redis: redis.Redis) -> None:
    early = Stream(redis, STREAM, "waybill")
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


def test_entries_are_whole_or_none(stream: Stream, redis: redis.Redis) -> None:
    kept, dropped = stream.publish(b"\xff\x00"), stream.publish(b"x")
    redis.xdel(STREAM, dropped)
    other = text(redis.xadd(STREAM, {"other": "field"}))

    assert stream.entries([kept, dropped, other]) == {
        kept: of_event(b"\xff\x00"),
        dropped: None,
        other: ((b"other", b"field"),),
    }


ANYTHING = st.lists(st.tuples(st.binary(), st.binary()), min_size=1, max_size=6)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(ANYTHING.map(tuple))
def test_an_entry_is_read_with_every_field_as_it_was_written(
    stream: Stream, fields: Fields
) -> None:
    id_ = stream.add(fields)
    while id_ not in read(stream):
        pass

    assert stream.start([id_]) == {id_: fields}
    assert stream.entries([id_]) == {id_: fields}


def test_starting_nothing_is_nothing(stream: Stream) -> None:
    assert stream.start([]) == {}
    assert stream.entries([]) == {}


def test_a_wait_for_entries_ends_with_its_worker(redis: redis.Redis) -> None:
    stopping = Stream(redis, STREAM, "waybill", lambda: True)
    stopping.make()

    assert stopping.stays_quiet("here", 3_600_000)
    assert stopping.length() == 0
