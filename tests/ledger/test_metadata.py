"""A ledger keeps the number of partitions it was made with."""

import pytest
import redis

from workers.ledger import keys
from workers.ledger.identity.metadata import LedgerMismatchError, found


def test_an_empty_redis_is_founded_once(redis: redis.Redis) -> None:
    found(redis, 4)
    epoch = redis.get(keys.EPOCH)

    found(redis, 4)

    assert redis.get(keys.PARTITIONS) == b"4"
    assert epoch is not None
    assert redis.get(keys.EPOCH) == epoch


def test_another_number_of_partitions_is_refused_and_states_what_to_do(
    redis: redis.Redis,
) -> None:
    found(redis, 4)

    with pytest.raises(LedgerMismatchError, match="set WAYBILL_PARTITIONS=4"):
        found(redis, 1)

    assert redis.get(keys.PARTITIONS) == b"4"
