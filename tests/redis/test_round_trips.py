"""Connections that are kept for round trips: no more than are used at once."""

import redis

from tests.redis_servers import RedisServer
from workers.ledger.stream.streams import Names, Streams, streams_of
from workers.redis.clients import ledger_client

MANY = 20


def test_as_many_streams_as_there_are_share_the_connections_of_their_client(
    redis: redis.Redis, redis_server: RedisServer
) -> None:
    names = Names("orders:events", "waybill", partitions=MANY)
    with ledger_client(redis_server.url, connections=2) as client:
        streams = streams_of(client, names)
        assert isinstance(streams, Streams)
        streams.make()

        dropped = [one.trim() for one in streams.every]

    assert dropped == [0] * (MANY + 1)
    assert redis.exists(streams.every[-1].name)
