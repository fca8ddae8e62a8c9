"""Reader of results over all partitions, which leaves no trace in Redis."""

from collections.abc import Sequence
from dataclasses import dataclass

import redis

from serializers.events.entry_fields import position
from serializers.results.cursor import FIRST
from workers.ledger import keys
from workers.redis.answers import octets, text

#: The last entry that was read of each partition.
Places = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One result in its stream; `body` is the CloudEvent as it was written."""

    partition: int
    entry: str
    body: bytes


class ResultReader:
    """Reads without a consumer group; every method raises redis.RedisError.

    Args:
        client: RESP2, bytes.
        partitions: of the ledger.
    """

    def __init__(self, client: "redis.Redis", partitions: int = 1) -> None:
        self._client = client
        self._partitions = partitions

    def widened(self, places: Places, partitions: int) -> tuple["ResultReader", Places]:
        """A reader of more partitions, and the place there: all of theirs is new."""
        more = (FIRST,) * (partitions - len(places))
        return ResultReader(self._client, partitions), (*places, *more)

    def beginning(self) -> Places:
        """Before the first result that is kept."""
        return (FIRST,) * self._partitions

    def at(self, entry: str) -> Places:
        """Right before an entry's id, or before what is younger than its moment."""
        ms, n = position(entry)
        before = f"{ms}-{n - 1}" if n else f"{max(0, ms - 1)}-{2**64 - 1}"
        return (before,) * self._partitions

    def newest(self) -> Places:
        """The newest entry of each partition."""
        pipeline = self._client.pipeline(transaction=False)
        for partition in range(self._partitions):
            pipeline.xrevrange(keys.results(keys.prefix(partition)), count=1)
        return tuple(
            text(entries[0][0]) if entries else FIRST for entries in pipeline.execute()
        )

    def after(
        self, places: Sequence[str], most: int
    ) -> tuple[tuple[Found, ...], Places]:
        """The next results, the oldest first, and the place behind the last of them.

        Args:
            places: the last entry that was read of each partition.
            most: results that are answered.
        """
        pipeline = self._client.pipeline(transaction=False)
        for partition, place in enumerate(places):
            key = keys.results(keys.prefix(partition))
            pipeline.xrange(key, f"({place}", "+", count=most)
        found = [
            Found(partition, text(entry), octets(fields.get(b"event", b"")))
            for partition, entries in enumerate(pipeline.execute())
            for entry, fields in entries
        ]
        chosen = sorted(found, key=lambda one: (position(one.entry), one.partition))
        now = list(places)
        for one in chosen[:most]:
            now[one.partition] = one.entry
        return tuple(chosen[:most]), tuple(now)
