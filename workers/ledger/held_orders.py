"""Orders as the ledger holds them, from Redis' answers."""

from redis.exceptions import ResponseError

from serializers.order_record import LayoutError, unpack
from tasks.execution.attempt import caught
from tasks.ledger_values import Held
from tasks.outcomes.outcome import reason_of
from workers.ledger.scripts import is_of_one_key
from workers.redis.answers import number, octets, text


def held_order(version: object, record: object) -> Held:
    """An order as it was answered; whatever is wrong with it is wrong with it alone.

    Raises:
        redis.RedisError: Redis itself cannot answer.
    """
    for answer in (version, record):
        if isinstance(answer, Exception) and not is_of_one_key(answer):
            raise answer
    read = caught(lambda: _order(version, record))
    if isinstance(read, Held):
        return read
    why = f"Redis: {read}" if isinstance(read, ResponseError) else reason_of(read)[0]
    known = caught(lambda: number(version))
    at = known if isinstance(known, int) else 0
    return Held(None, at, why, damaged=not isinstance(read, LayoutError))


def _order(version: object, record: object) -> Held:
    for answer in (version, record):
        if isinstance(answer, Exception):
            raise answer
    if version is None or record is None:
        return Held(None, number(version))
    return Held(unpack(octets(record)), int(text(version)))
