"""Consumers that are gone are removed, and what they read is not."""

import redis

from tests.ledger.entries import BLOCK_MS, publish, read
from tests.redis_servers import RedisServer
from workers.ledger.stream.reader import Stream


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
