"""Consumers that are gone are removed, and what they read is not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from tests.ledger.clock import STREAM
from tests.ledger.entries import BLOCK_MS, publish, read
from workers.ledger.stream.reader import Stream


def test_a_consumer_that_is_gone_and_holds_nothing_is_removed(
    stream: Stream, redis: redis.Redis
) -> None:
    ids = publish(stream, 2)
    read(stream, 1, "gone")
    read(stream, 1, "holding")
    stream.acknowledge(ids[:1])

    assert stream.remove_idle_consumers(-1) == ["gone"]
    names = [one["name"] for one in redis.xinfo_consumers(STREAM, "waybill")]
    assert names == [b"holding"]


def test_a_consumer_that_was_there_lately_stays(stream: Stream) -> None:
    publish(stream, 1)
    stream.acknowledge(read(stream))

    assert stream.remove_idle_consumers(60_000) == []
    assert stream.remove_idle_consumers(-1) == ["one"]


@pytest.fixture
def interrupted(
    connect: Callable[[], redis.Redis], stream: Stream
) -> Iterator[redis.Redis]:
    """A client between any two of whose commands somebody else reads an event."""
    with connect() as client:
        execute: Any = client.execute_command

        def then_read(*args: object, **options: object) -> object:
            answer = execute(*args, **options)
            stream.read("frozen", 1, BLOCK_MS)
            return answer

        client.execute_command = then_read
        yield client


def test_a_consumer_that_wakes_while_it_is_removed_keeps_what_it_read(
    stream: Stream, interrupted: redis.Redis
) -> None:
    publish(stream, 1)
    stream.acknowledge(read(stream, consumer="frozen"))
    publish(stream, 1)
    waking = Stream(interrupted, STREAM, "waybill")

    waking.remove_idle_consumers(-1)

    assert stream.pending_count() + len(read(stream, consumer="other")) == 1
