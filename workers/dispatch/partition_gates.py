"""Gates of partitions: on a Cluster the primary of each may lack its replicas alone.

Where a start is not confirmed there (WAYBILL_DURABILITY), nothing else of the partition
begins for a while, whatever its destination; then one item goes first. Other partitions
go on.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tasks.concurrency import calls_for
from workers.ledger import keys
from workers.ledger.gates import Change, Gates
from workers.ledger.reserves import Wish
from workers.ledger.scripts import Scripts

#: Partitions of a ledger at most.
MOST: Final = 1024

#: Seconds until somebody asks again who does not know for how long it is closed.
PAUSE: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Limits:
    """None but one trial at a time, which may take so long."""

    probe_seconds: float = 15.0
    interval_ms: float = 0.0
    burst: int = 1
    breaker_failures: int = 1
    breaker_seconds: float = 15.0


class PartitionGates:
    """What is known of them in one process, and in Redis of all.

    Args:
        scripts: on the ledger's client.
        changed: what is done when a report of this process has closed or opened that of
            a partition.
    """

    def __init__(
        self,
        scripts: Scripts,
        changed: Callable[[int, Change], None] = lambda _, __: None,
    ) -> None:
        known = {keys.prefix(partition): partition for partition in range(MOST)}
        self._gates = Gates(
            scripts,
            dict.fromkeys(known, _Limits()),
            lambda change: changed(known[change.destination], change),
        )

    def is_open(self, partition: int) -> bool:
        """Whether nothing speaks against beginning there, as far as it is known."""
        return self._gates.is_open(keys.prefix(partition))

    def is_closed(self, partition: int) -> bool:
        """Whether this process knows that nothing may begin there now."""
        return self._gates.is_closed(keys.prefix(partition))

    def close(self, partition: int, seconds: float, why: str) -> None:
        """Have nothing begin there for so long; then one item goes first."""
        self._gates.close(keys.prefix(partition), seconds, why, probe=True)

    def confirmed(self, partition: int) -> None:
        """What began there has been confirmed."""
        self._gates.served(keys.prefix(partition))

    def unused(self, partition: int) -> None:
        """What was allowed there did not begin; where it was a trial, another may."""
        if not self.is_open(partition):
            self._gates.unused(keys.prefix(partition))

    def allowed(self, wishes: Sequence[Wish]) -> list[Wish | float]:
        """Each wish as far as its partition allows, or the seconds until asking helps.

        Nobody opens one by hand: what is known to be closed is not asked.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        wanted = Counter[int]()
        for one in wishes:
            wanted[one.partition] += _calls(one)
        left, waits = self._asked(wanted)
        found: list[Wish | float] = []
        for one in wishes:
            given = min(left[one.partition], _calls(one))
            left[one.partition] -= given
            found.append(one.of_calls(given) if given else waits[one.partition])
        return found

    def _asked(
        self, wanted: Mapping[int, int]
    ) -> tuple[dict[int, int], dict[int, float]]:
        """Calls that may start in each partition, and seconds until more may."""
        waits = {p: self._gates.closed_for(keys.prefix(p)) for p in wanted}
        open_ = [partition for partition, seconds in waits.items() if seconds <= 0]
        asked = [(keys.prefix(partition), wanted[partition]) for partition in open_]
        grants = self._gates.ask_each(asked) if asked else []
        given = dict.fromkeys(wanted, 0)
        for partition, grant in zip(open_, grants, strict=True):
            given[partition] = grant.calls
            # While one is tried, it may be confirmed at any moment.
            waits[partition] = min(grant.wait, PAUSE) or PAUSE
        return given, waits


def _calls(wish: Wish) -> int:
    return calls_for(wish.destination, wish.most)
