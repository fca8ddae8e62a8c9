"""A ledger keeps the number of partitions it was made with."""

import redis

from workers.ledger import keys
from workers.ledger.identity.metadata import found
from workers.ledger.layout.layout import unmoved


def test_an_empty_redis_is_founded_once(redis: redis.Redis) -> None:
    found(redis, 4)
    epoch = redis.get(keys.EPOCH)

    found(redis, 4)

    assert redis.get(keys.PARTITIONS) == b"4"
    assert epoch is not None
    assert redis.get(keys.EPOCH) == epoch


def test_another_number_of_partitions_is_the_ledgers_to_say(
    redis: redis.Redis,
) -> None:
    found(redis, 4)

    assert found(redis, 1) == unmoved(4)

    assert redis.get(keys.PARTITIONS) == b"4"
