"""What is due: looked at, and claimed for this worker's hints."""

from dataclasses import dataclass

from tasks.destination import Destination
from tasks.work import Claim, Hint
from workers.ledger import keys
from workers.ledger.answers import text
from workers.ledger.scripts import Call, Scripts
from workers.ledger.terms import Terms


@dataclass(frozen=True, slots=True)
class Work:
    """What one destination of one partition has to do.

    Attributes:
        due_ms: ms until its first item is due, None when nothing waits.
        ended_ms: ms until its first lease ends, None when nothing is leased.
        leased: how many items are leased.
        ended: how many of those leases have ended: nobody works on those items.
        due: how many items are due now.
    """

    destination: str
    partition: int
    due_ms: int | None
    ended_ms: int | None
    leased: int
    ended: int
    due: int


class Claims:
    """Looks for work and leases it; raises redis.RedisError."""

    def __init__(self, scripts: Scripts, terms: Terms, partitions: int = 1) -> None:
        self._scripts = scripts
        self._terms = terms
        self._partitions = partitions

    def work(self) -> list[Work]:
        """Every destination that has work, in every partition."""
        calls = [Call("peek", keys.prefix(p), ()) for p in range(self._partitions)]
        found = []
        for partition, answer in enumerate(self._scripts.run_all(calls)):
            for n in range(0, len(answer), 6):
                name, due_in, ends_in, *counts = answer[n : n + 6]
                moments = _ms(due_in), _ms(ends_in)
                found.append(Work(text(name), partition, *moments, *map(int, counts)))
        return found

    def claim(
        self, destination: Destination, partition: int, most: int, cap: int
    ) -> Hint:
        """Lease up to `most` items, as long as no more than `cap` are leased."""
        arguments = (
            destination.name,
            most,
            cap,
            self._terms.lease,
            destination.per_call,
            int(destination.soon_seconds * 1000),
            self._terms.delivery_retention,
            self._terms.timeline,
            destination.soon_share,
        )
        answer = self._scripts.run(Call("claim", keys.prefix(partition), arguments))
        claims = tuple(
            Claim(text(answer[n]), int(answer[n + 1])) for n in range(0, len(answer), 2)
        )
        return Hint(destination.name, partition, claims)


def _ms(value: int) -> int | None:
    return None if int(value) < 0 else int(value)
