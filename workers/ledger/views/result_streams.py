"""Streams of results as an operator sees them: how long, and held by which group."""

from dataclasses import dataclass

import redis
from redis.exceptions import ResponseError

from serializers.events.entry_fields import position
from workers.ledger import keys
from workers.redis.answers import number, text


@dataclass(frozen=True, slots=True)
class ResultStream:
    """The results of one partition.

    Attributes:
        entries: in its stream.
        slowest: the consumer group that is furthest behind, "" without groups.
    """

    entries: int = 0
    slowest: str = ""


def result_stream(client: "redis.Redis", root: str) -> ResultStream:
    """Look at one partition; raises redis.RedisError."""
    key = keys.results(root)
    try:
        entries = number(client.xlen(key))
        groups = client.xinfo_groups(key) if entries else []
    except ResponseError:
        # Deleted in between, or a key of another kind.
        return ResultStream()
    read = {
        text(one["name"]): position(text(one["last-delivered-id"])) for one in groups
    }
    return ResultStream(entries, min(read, key=lambda name: read[name], default=""))
