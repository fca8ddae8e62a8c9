"""Streams of results as an operator sees them: how long, and held by which group."""

from dataclasses import dataclass
from typing import Any

import redis
from redis.exceptions import ResponseError

from serializers.events.entry_fields import position
from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import number, text

#: Entries that are read at one time to count some.
PAGE = 1000


@dataclass(frozen=True, slots=True)
class ResultStream:
    """The results of one partition.

    Attributes:
        entries: in its stream.
        slowest: the consumer group that is furthest behind, "" without groups.
        unread_ms: UTC ms of the oldest result that some group has not been given; None
            where each has all, or there is none.
        kept_from: the first entry that this group has not read and acknowledged, or the
            last one that it has, "" without groups. `trim_results.lua` has the same.
    """

    entries: int = 0
    slowest: str = ""
    unread_ms: int | None = None
    kept_from: str = ""


def result_stream(client: "redis.Redis", root: str) -> ResultStream:
    """Look at one partition; raises redis.RedisError."""
    key = keys.results(root)
    try:
        entries = number(client.xlen(key))
        groups = client.xinfo_groups(key) if entries else []
        firsts = {text(one["name"]): _first(client, key, one) for one in groups}
        read = [position(text(one["last-delivered-id"])) for one in groups]
    except ResponseError:
        # Deleted in between, or a key of another kind.
        return ResultStream()
    if not firsts:
        return ResultStream(entries)
    slowest = min(firsts, key=lambda name: position(firsts[name]))
    place = "({}-{}".format(*min(read))
    unread = Scripts(client).run(Call("next_entry", key, (place,)))
    unread_ms = position(text(unread))[0] if unread else None
    return ResultStream(entries, slowest, unread_ms, firsts[slowest])


def _first(client: "redis.Redis", key: str, group: dict[str, Any]) -> str:
    """What a group keeps first: pending entries that are gone keep nothing."""
    last, name = text(group["last-delivered-id"]), text(group["name"])
    if not group["pending"]:
        return last
    oldest = client.xpending(key, name)["min"]
    held = client.xrange(key, text(oldest), last, count=1) if oldest else None
    first = held[0][0] if held else None
    if first is None:
        return last
    left = client.xpending_range(key, name, min=first, max=last, count=1)
    return text(left[0]["message_id"]) if left else last


def is_kept_by_group(
    client: "redis.Redis", root: str, stream: ResultStream, least: float
) -> bool:
    """Whether the slowest group alone keeps so many entries; redis.RedisError.

    What stands before its first one is kept anyhow, as long as it is young and few.

    Args:
        client: RESP2, bytes.
        root: of the partition.
        stream: as it was seen.
        least: entries.
    """
    if not stream.slowest or stream.entries < least:
        return False
    if position(stream.kept_from) == (0, 0):
        # A group that has read nothing; Redis knows no interval that ends before 0-0.
        return True
    key, before, place = keys.results(root), 0, "-"
    while before <= stream.entries - least:
        found = client.xrange(key, place, f"({stream.kept_from}", count=PAGE)
        page = [text(entry) for entry, _ in found or () if entry]
        before += len(page)
        if len(page) < PAGE:
            break
        place = f"({page[-1]}"
    return stream.entries - before >= least
