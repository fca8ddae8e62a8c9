"""Read-only view of how each destination has failed last."""

from collections.abc import Mapping
from dataclasses import dataclass

import redis
from redis.exceptions import ResponseError

from workers.ledger import keys
from workers.redis.answers import number, text


@dataclass(frozen=True, slots=True)
class Failure:
    """How a destination has failed last.

    Attributes:
        at_ms: UTC ms at which the outcome was recorded.
        code: what alike failures share, as "http_503".
        message: what happened, for people; it may quote a partner.
    """

    at_ms: int
    code: str
    message: str


def last_failures(client: "redis.Redis", partitions: int = 1) -> Mapping[str, Failure]:
    """The newest failure of each destination, whichever partition it was in.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    pipeline = client.pipeline(transaction=False)
    for partition in range(partitions):
        pipeline.hgetall(keys.failures(keys.prefix(partition)))
    found = dict[str, Failure]()
    for kept in pipeline.execute(raise_on_error=False):
        if isinstance(kept, ResponseError):
            # A key of another kind stands there, and who looks sees all the rest.
            continue
        if isinstance(kept, Exception):
            raise kept
        for name, line in kept.items():
            one, where = _read(text(line)), text(name)
            if where not in found or found[where].at_ms < one.at_ms:
                found[where] = one
    return found


def _read(line: str) -> Failure:
    at_ms, code, message = (*line.split("\t", 2), "", "")[:3]
    return Failure(number(at_ms), code, message)
