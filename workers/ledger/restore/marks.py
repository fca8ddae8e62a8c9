"""Reader of the ledger's marks: how far it has come, on which clock and server."""

import time
from collections.abc import Sequence
from typing import Any

import redis
from redis.exceptions import ResponseError

from tasks.restore_detection import Look, Marks
from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import number, text
from workers.redis.cluster.client import ClusterClient, node_of


def seconds() -> float:
    """A clock that nobody sets; it goes on while the machine sleeps, where it can."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


class LedgerMarks:
    """The ledger's marks, as one process looks at them.

    Args:
        client: one that does not try again, since a late answer is worth little.
        who: names this process.
        stream: of the ERP.
        partitions: of the ledger.
        scripts: on that client; the tests pass some on a clock of their own.
    """

    def __init__(
        self,
        client: "redis.Redis",
        who: str,
        stream: str,
        partitions: int = 1,
        scripts: Scripts | None = None,
    ) -> None:
        self._client = client
        self._who = who
        self._stream = stream
        self._partitions = partitions
        self._scripts = scripts or Scripts(client)

    def look(self) -> Look:
        """Look, and leave a mark of it; raises redis.RedisError."""
        # First: whoever sees the mark of this look knows that the rest was read.
        epoch, last, server, replicas, *admitted = self._rest()
        asked = seconds()
        call = Call("marks", keys.MARKS, (self._who,))
        version, own, highest, now_ms, accepted = self._scripts.run(call)
        answered = seconds()
        marks = Marks(
            epoch_ms=number(epoch),
            version=int(version),
            time_ms=number(now_ms),
            admitted=sum(map(number, admitted)),
            last_entry=text(last.get("last-generated-id")),
            run=text(server.get("run_id")),
            history=text(replicas.get("master_replid")),
            accepted_ms=number(accepted),
        )
        up = server.get("uptime_in_seconds")
        return Look(
            marks,
            before=marks.version - 1,
            own=number(own) if own else None,
            highest_ms=number(highest),
            asked=asked,
            answered=answered,
            up_seconds=None if up is None else float(number(up)),
            former_history=text(replicas.get("master_replid2")),
        )

    def end(self) -> None:
        """Take this process's own mark back: it stops; raises redis.RedisError."""
        self._client.hdel(keys.MARKS, self._who)

    def _rest(self) -> Sequence[Any]:
        pipeline = self._client.pipeline(transaction=False)
        pipeline.get(keys.EPOCH)
        pipeline.xinfo_stream(self._stream)
        apart = isinstance(self._client, ClusterClient)
        if not apart:
            _ask_who_it_is(pipeline)
        for partition in range(self._partitions):
            pipeline.hget(keys.counts(keys.prefix(partition)), "admitted")
        epoch, *rest = pipeline.execute(raise_on_error=False)
        if isinstance(epoch, Exception):
            raise epoch
        if apart:
            rest[1:1] = self._of_the_marks()
        # There may be no stream just now, and INFO may not be permitted.
        found = [{} if isinstance(one, ResponseError) else one for one in rest[:3]]
        return [epoch, *found, *rest[3:]]

    def _of_the_marks(self) -> list[Any]:
        """Who the node of a Cluster is that has the marks."""
        with node_of(self._client, keys.MARKS) as node:
            pipeline = node.pipeline(transaction=False)
            _ask_who_it_is(pipeline)
            return pipeline.execute(raise_on_error=False)


def _ask_who_it_is(pipeline: Any) -> None:
    # Two, since Redis 6.2 takes one section at a time.
    pipeline.info("server")
    pipeline.info("replication")
