"""The stream of events: nothing is lost between reading and acknowledging."""

import threading
from collections.abc import Iterator

import pytest
import redis

from tests.ledger.clock import World, build
from tests.redis_servers import RedisServer
from workers.ledger.answers import text
from workers.ledger.scripts import Scripts
from workers.ledger.stream import Pending, Stream

BLOCK_MS = 1


@pytest.fixture
def stream(redis: redis.Redis) -> Stream:
    made = Stream(redis, "orders:events", "waybill")
    made.make()
    return made


@pytest.fixture
def small_nodes(redis: redis.Redis) -> Iterator[None]:
    """Have Redis trim every entry that it may, not only whole nodes of them."""
    redis.config_set("stream-node-max-entries", 1)
    yield
    redis.config_set("stream-node-max-entries", 100)  # what Redis comes with


def publish(stream: Stream, count: int) -> list[str]:
    return [stream.publish(b"%d" % n) for n in range(count)]


def read(stream: Stream, count: int = 100, consumer: str = "one") -> list[str]:
    return stream.read(consumer, count, BLOCK_MS)


def left(client: redis.Redis) -> list[str]:
    return [text(entry[0]) for entry in client.xrange("orders:events") or ()]


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


def test_starting_tells_the_bytes_of_what_is_still_to_be_admitted(
    stream: Stream, redis: redis.Redis
) -> None:
    waiting, done, deleted = publish(stream, 3)
    read(stream)
    stream.acknowledge([done])
    redis.xdel("orders:events", deleted)

    bodies = stream.start([waiting, done, deleted])

    assert bodies == {
        waiting: stream.entries([waiting])[waiting],
        done: None,
        deleted: None,
    }


def test_an_entry_that_was_started_is_overdue_a_lease_later(stream: Stream) -> None:
    ids = publish(stream, 1)
    read(stream)
    threading.Event().wait(0.05)

    stream.start(ids)

    assert stream.overdue(50, 10) == []


def test_an_entry_that_is_not_overdue_is_left_to_its_holder(stream: Stream) -> None:
    ids = publish(stream, 1)
    read(stream)

    assert stream.claim_back("two", ids, 60_000) == []


def test_of_two_who_claim_an_entry_back_one_gets_it(stream: Stream) -> None:
    ids = publish(stream, 1)
    read(stream)
    waited = threading.Event()
    waited.wait(0.05)

    got = [stream.claim_back(name, ids, 40) for name in ("two", "three")]

    assert got == [ids, []]


def test_a_deleted_entry_is_answered_so_that_somebody_acknowledges_it(
    stream: Stream, redis: redis.Redis
) -> None:
    ids = publish(stream, 3)
    read(stream)
    redis.xdel("orders:events", ids[1])

    got = stream.claim_back("two", ids, 0)

    assert got == ids
    stream.acknowledge([id_ for id_, body in stream.entries(got).items() if not body])
    assert [one.id for one in stream.overdue(0, 10)] == [ids[0], ids[2]]


def test_a_consumer_that_is_gone_and_holds_nothing_is_removed(
    stream: Stream, redis: redis.Redis
) -> None:
    ids = publish(stream, 2)
    read(stream, 1, "gone")
    read(stream, 1, "holding")
    stream.acknowledge(ids[:1])

    assert stream.remove_idle_consumers(-1) == ["gone"]
    names = [one["name"] for one in redis.xinfo_consumers("orders:events", "waybill")]
    assert names == [b"holding"]


def test_a_consumer_that_was_there_lately_stays(stream: Stream) -> None:
    publish(stream, 1)
    stream.acknowledge(read(stream))

    assert stream.remove_idle_consumers(60_000) == []
    assert stream.remove_idle_consumers(-1) == ["one"]


class Interrupted(redis.Redis):
    """A client between any two of whose commands somebody else reads an event."""

    reader: Stream

    def execute_command(self, *args: object, **options: object) -> object:
        answer = super().execute_command(*args, **options)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        self.reader.read("frozen", 1, BLOCK_MS)
        return answer


def test_a_consumer_that_wakes_while_it_is_removed_keeps_what_it_read(
    stream: Stream, redis_server: RedisServer
) -> None:
    publish(stream, 1)
    stream.acknowledge(read(stream, consumer="frozen"))
    publish(stream, 1)
    with Interrupted.from_url(redis_server.url) as client:
        client.reader = stream
        waking = Stream(client, "orders:events", "waybill")

        waking.remove_idle_consumers(-1)

    assert stream.pending_count() + len(read(stream, consumer="other")) == 1


@pytest.mark.usefixtures("small_nodes")
def test_trimming_drops_nothing_that_is_unread_or_pending(
    stream: Stream, redis: redis.Redis
) -> None:
    ids = publish(stream, 10)
    read(stream, 6)
    stream.acknowledge(ids[:3] + ids[4:6])

    assert stream.trim() == 3

    assert left(redis) == ids[3:]


@pytest.mark.usefixtures("small_nodes")
def test_trimming_drops_what_all_have_acknowledged_but_the_last(
    stream: Stream, redis: redis.Redis
) -> None:
    ids = publish(stream, 5)
    stream.acknowledge(read(stream))

    assert stream.trim() == 4
    assert left(redis) == ids[4:]


@pytest.mark.usefixtures("small_nodes")
def test_trimming_waits_for_every_group(stream: Stream, redis: redis.Redis) -> None:
    other = Stream(redis, "orders:events", "another")
    other.make()
    ids = publish(stream, 5)
    stream.acknowledge(read(stream))

    assert stream.trim() == 0
    read(other, 3)
    other.acknowledge(ids[:1])
    assert stream.trim() == 1

    assert left(redis) == ids[1:]


@pytest.mark.usefixtures("small_nodes")
def test_ids_of_the_same_millisecond_are_compared_as_numbers(
    stream: Stream, redis: redis.Redis
) -> None:
    other = Stream(redis, "orders:events", "another")
    other.make()
    for n in range(1, 13):
        redis.xadd("orders:events", {"event": "x"}, id=f"5-{n}")
    stream.acknowledge(read(stream, 9))
    other.acknowledge(read(other, 11))

    stream.trim()

    assert left(redis) == [f"5-{n}" for n in range(9, 13)]


@pytest.mark.usefixtures("small_nodes")
def test_a_stream_without_a_group_is_not_trimmed(redis: redis.Redis) -> None:
    bare = Stream(redis, "orders:events", "waybill")
    publish(bare, 3)

    assert bare.trim() == 0


@pytest.mark.usefixtures("small_nodes")
def test_trimming_while_others_read_loses_nothing(
    stream: Stream, redis_server: RedisServer
) -> None:
    total, done = 1_500, threading.Event()
    found: list[bytes] = []

    def reader(name: str) -> None:
        with redis_server.client() as client:
            mine = Stream(client, "orders:events", "waybill")
            while not done.is_set():
                ids = mine.read(name, 7, BLOCK_MS)
                bodies = mine.entries(ids)
                found.extend(body for body in bodies.values() if body is not None)
                mine.acknowledge(ids)

    def trimmer() -> None:
        with redis_server.client() as client:
            while not done.is_set():
                Stream(client, "orders:events", "waybill").trim()

    threads = [threading.Thread(target=reader, args=(n,)) for n in ("a", "b")]
    threads.append(threading.Thread(target=trimmer))
    for one in threads:
        one.start()
    publish(stream, total)
    deadline = threading.Event()
    for _ in range(1_000):
        if len(found) >= total:
            break
        deadline.wait(0.01)
    done.set()
    for one in threads:
        one.join()

    assert sorted(found) == sorted(b"%d" % n for n in range(total))


def test_scripts_that_redis_forgot_are_taught_again(
    stream: Stream, redis: redis.Redis, world: World
) -> None:
    assert isinstance(world.scripts, Scripts)
    stream.trim()
    redis.script_flush()

    assert stream.trim() == 0
    assert build(redis).claims.work() == []
