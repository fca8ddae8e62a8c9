"""Trimming the stream drops what every group has acknowledged, and nothing else."""

import threading
from collections.abc import Callable, Iterator

import pytest
import redis

from serializers.events.entry_fields import Oversized
from tests.ledger.clock import STREAM
from tests.ledger.entries import BLOCK_MS, publish, read
from tests.ledger.nodes import small_nodes
from workers.ledger.stream.reader import Stream
from workers.redis.answers import text


@pytest.fixture(name="small_nodes")
def with_small_nodes(redis: redis.Redis) -> Iterator[None]:
    with small_nodes(redis):
        yield


def left(client: redis.Redis) -> list[str]:
    return [text(entry[0]) for entry in client.xrange(STREAM) or ()]


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
    other = Stream(redis, STREAM, "another")
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
    other = Stream(redis, STREAM, "another")
    other.make()
    for n in range(1, 13):
        redis.xadd(STREAM, {"event": "x"}, id=f"5-{n}")
    stream.acknowledge(read(stream, 9))
    other.acknowledge(read(other, 11))

    stream.trim()

    assert left(redis) == [f"5-{n}" for n in range(9, 13)]


@pytest.mark.usefixtures("small_nodes")
def test_a_stream_without_a_group_is_not_trimmed(redis: redis.Redis) -> None:
    bare = Stream(redis, STREAM, "waybill")
    publish(bare, 3)

    assert bare.trim() == 0


@pytest.mark.usefixtures("small_nodes")
def test_trimming_while_others_read_loses_nothing(
    stream: Stream, connect: Callable[[], redis.Redis]
) -> None:
    total, done = 1_500, threading.Event()
    found: list[bytes] = []

    def reader(name: str) -> None:
        with connect() as client:
            mine = Stream(client, STREAM, "waybill")
            while not done.is_set():
                ids = mine.read(name, 7, BLOCK_MS)
                bodies = mine.entries(ids)
                for one in bodies.values():
                    assert not isinstance(one, Oversized)
                    found.extend([one[0][1]] if one is not None else [])
                mine.acknowledge(ids)

    def trimmer() -> None:
        with connect() as client:
            while not done.is_set():
                Stream(client, STREAM, "waybill").trim()

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
