"""The stream into which the ERP writes, read through a consumer group.

An entry is read (it becomes pending), handed out as a hint, started, admitted, and
only then acknowledged. What stays pending longer than a lease is handed out again by
whoever looks first. As with items, only a start counts: a hint may wait or be lost.
6.2 commands only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis
from redis.exceptions import ResponseError

from workers.ledger.answers import number, octets, text
from workers.ledger.scripts import Call, Scripts

#: The field that holds the event.
FIELD = b"event"

#: The consumer that holds what is being admitted, whichever worker does it.
STARTED = "started"


@dataclass(frozen=True, slots=True)
class Pending:
    """An entry that was read and not acknowledged, and how often it was started."""

    id: str
    starts: int


class Stream:
    """One stream and one group; every method raises redis.RedisError.

    Args:
        client: a client that speaks RESP2 and leaves bytes as bytes.
        name: the stream's key.
        group: the consumer group's name.
    """

    def __init__(self, client: "redis.Redis", name: str, group: str) -> None:
        self._client = client
        self._name = name
        self._group = group

    def make(self) -> None:
        """Make stream and group; entries from before the group are read too."""
        try:
            self._client.xgroup_create(self._name, self._group, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def publish(self, body: bytes) -> str:
        """Add one event; the promise begins with this answer."""
        return text(self._client.xadd(self._name, {FIELD: body}))

    def read(self, consumer: str, count: int, block_ms: int) -> list[str]:
        """The ids of new entries, which become pending for this consumer."""
        answer: Any = self._client.xreadgroup(
            self._group, consumer, {self._name: ">"}, count=count, block=block_ms
        )
        return [text(entry[0]) for one in answer or () for entry in one[1]]

    def start(self, ids: Sequence[str]) -> dict[str, bytes | None]:
        """Begin to work on pending entries, which counts; their bytes.

        None where an entry is gone, or was acknowledged meanwhile; b"" without the
        field.
        """
        got: Any = self._client.xclaim(self._name, self._group, STARTED, 0, [*ids])
        bodies = {text(one[0]): octets(one[1].get(FIELD)) for one in got if one[0]}
        return {id_: bodies.get(id_) for id_ in ids}

    def entries(self, ids: Sequence[str]) -> dict[str, bytes | None]:
        """The events' bytes; None where the entry is gone, b"" without the field."""
        pipeline = self._client.pipeline(transaction=False)
        for id_ in ids:
            pipeline.xrange(self._name, id_, id_)
        return {
            id_: octets(answer[0][1].get(FIELD)) if answer else None
            for id_, answer in zip(ids, pipeline.execute(), strict=True)
        }

    def acknowledge(self, ids: Sequence[str]) -> None:
        if ids:
            self._client.xack(self._name, self._group, *ids)

    def length(self) -> int:
        return number(self._client.xlen(self._name))

    def pending_count(self) -> int:
        return number(self._client.xpending(self._name, self._group)["pending"])

    def overdue(self, idle_ms: int, count: int) -> list[Pending]:
        """Entries that nobody has acknowledged for `idle_ms`, oldest first."""
        found = self._client.xpending_range(
            self._name, self._group, min="-", max="+", count=count, idle=idle_ms
        )
        return [
            # Redis counts the reading as the first delivery.
            Pending(text(one["message_id"]), number(one["times_delivered"]) - 1)
            for one in found
        ]

    def claim_back(self, consumer: str, ids: Sequence[str], idle_ms: int) -> list[str]:
        """Make overdue entries this consumer's; those it got, existing or not.

        An entry that was deleted meanwhile stays pending for ever on Redis 6.2, so
        its id is answered too: admitting finds it gone and acknowledges it.
        """
        if not ids:
            return []
        # JUSTID, with which Redis does not count: handing out is no start.
        got = self._client.xclaim(
            self._name, self._group, consumer, idle_ms, [*ids], justid=True
        )
        claimed = {text(id_) for id_ in got}
        there = self.entries([id_ for id_ in ids if id_ not in claimed])
        return [id_ for id_ in ids if id_ in claimed or there[id_] is None]

    def trim(self) -> int:
        """Drop entries that every group has acknowledged; answers how many."""
        return number(Scripts(self._client).run(Call("trim", self._name, ())))

    def remove_idle_consumers(self, idle_ms: int) -> list[str]:
        """Forget consumers that are gone and hold nothing."""
        call = Call("forget_consumers", self._name, (self._group, idle_ms))
        return [text(name) for name in Scripts(self._client).run(call)]
