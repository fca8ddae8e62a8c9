"""Streams of results as an operator sees them: how long, and held by which group."""

from dataclasses import dataclass

import redis
from redis.exceptions import ResponseError

from serializers.events.entry_fields import position
from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import number, text


@dataclass(frozen=True, slots=True)
class ResultStream:
    """The results of one partition.

    Attributes:
        entries: in its stream.
        slowest: the consumer group that is furthest behind, "" without groups.
        unread_ms: UTC ms of the oldest result that it has not read; None where it has
            read all, or there is none.
    """

    entries: int = 0
    slowest: str = ""
    unread_ms: int | None = None


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
    if not read:
        return ResultStream(entries)
    slowest = min(read, key=lambda name: read[name])
    place = "({}-{}".format(*read[slowest])
    unread = Scripts(client).run(Call("next_entry", key, (place,)))
    unread_ms = position(text(unread))[0] if unread else None
    return ResultStream(entries, slowest, unread_ms)
