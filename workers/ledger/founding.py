"""The ledger's foundation: its number of partitions, and a mark that it is there."""

import redis

from workers.ledger import keys


class LedgerMismatchError(Exception):
    """This Redis holds a ledger that these settings do not fit."""


def found(client: "redis.Redis", partitions: int) -> None:
    """Make the ledger's marks, or check them against the settings.

    Raises:
        LedgerMismatchError: the ledger was made with another number of partitions.
        redis.RedisError: Redis does not answer.
    """
    client.set(keys.PARTITIONS, partitions, nx=True)
    seconds, micros = client.time()
    client.set(keys.EPOCH, seconds * 1000 + micros // 1000, nx=True)
    made_with = int(client.get(keys.PARTITIONS) or 0)
    if made_with != partitions:
        raise LedgerMismatchError(
            f"the ledger in this Redis was made with {made_with} partitions, "
            f"WAYBILL_PARTITIONS says {partitions}; an order's place depends on that "
            f"number, so set WAYBILL_PARTITIONS={made_with} or use an empty Redis"
        )
