"""Reserves: leases beyond what each partition has for its own, one worker at a time.

A destination's limit is of all partitions together, and on a Cluster no script sees two
of them. Each has a part of the limit for its own, which the scripts of that partition
hold to alone. The rest is the reserve: who gives of it has taken it for itself, has
counted what is leased everywhere, and claims before its time is up.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from tasks.concurrency import (
    most_leased,
    own_leases,
    reserve_left,
    reserve_of,
)
from tasks.destination import Destination
from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts

#: For how many ms nobody else takes a reserve whose holder has died.
HELD_MS: Final = 10_000

#: For how many of them its holder may claim.
GIVEN_MS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Wish:
    """Items of a destination to be leased: `most`, with at most `cap` leased in all.

    Attributes:
        cap: of leases in the partition.
        ended: how many of its leases have ended: to lease these again takes no room.
        is_beyond: whether it is for more than the partition has for its own.
        until_ms: UTC ms by Redis' clock after which nothing is leased, 0 for none.
    """

    destination: Destination
    partition: int
    most: int
    cap: int
    ended: int = 0
    is_beyond: bool = False
    until_ms: int = 0

    def of_calls(self, calls: int) -> "Wish":
        """The same for what so many calls carry at most."""
        return replace(self, most=min(self.most, calls * self.destination.per_call))


class Reserves:
    """What may be leased beyond the partitions' own; raises redis.RedisError.

    Args:
        scripts: on the ledger.
        partitions: of the ledger.
    """

    def __init__(self, scripts: Scripts, partitions: int) -> None:
        self._scripts = scripts
        self._partitions = partitions

    def most(self, known: Destination, seconds: float) -> int:
        """How many leases of a partition are of use, the whole reserve among them.

        0 with one partition, which has no reserve.

        Args:
            known: the destination.
            seconds: that its calls take lately.
        """
        limit, partitions = known.max_leased, self._partitions
        whole = own_leases(limit, partitions) + reserve_of(limit, partitions)
        return min(most_leased(known, seconds), whole) if partitions > 1 else 0

    @contextmanager
    def lent(self, wishes: Sequence[Wish]) -> Iterator[list[Wish]]:
        """The wishes as far as the reserves allow; one that gets nothing is of 0 items.

        What is claimed of them is claimed within the context. Where that fails, the
        reserve stays taken until its time is up: the claim may be on its way.
        """
        needed = {w.destination.name: w.destination for w in wishes if w.is_beyond}
        if not needed:
            yield list(wishes)
            return
        token = uuid.uuid4().hex
        until = self._taken(list(needed), token)
        leased = self._leased([name for name, ms in until.items() if ms])
        left = {n: reserve_left(needed[n].max_leased, own) for n, own in leased.items()}
        yield [
            self._bounded(one, until[one.destination.name], leased, left)
            if one.is_beyond
            else one
            for one in wishes
        ]
        back = [Call("reserve_back", keys.reserve(name), (token,)) for name in leased]
        self._scripts.run_all(back)

    def _bounded(
        self,
        wish: Wish,
        until_ms: int,
        leased: Mapping[str, Sequence[int]],
        left: dict[str, int],
    ) -> Wish:
        """A wish with what is left for it, which is taken off `left`."""
        name, limit = wish.destination.name, wish.destination.max_leased
        if not until_ms:
            return replace(wish, most=0)
        given = max(0, min(left[name], wish.most))
        left[name] -= given
        if not given and not wish.ended:
            return replace(wish, most=0)
        own = own_leases(limit, self._partitions)
        cap = max(own, leased[name][wish.partition]) + given
        return replace(wish, cap=min(wish.cap, cap), until_ms=until_ms)

    def _taken(self, names: Sequence[str], token: str) -> dict[str, int]:
        """UTC ms until which each may be given of, 0 where somebody else does."""
        take = (token, HELD_MS, GIVEN_MS)
        calls = [Call("reserve_take", keys.reserve(name), take) for name in names]
        answers = self._scripts.run_all(calls)
        return {n: int(ms) for n, ms in zip(names, answers, strict=True)}

    def _leased(self, names: Sequence[str]) -> dict[str, list[int]]:
        """How many items are leased in each partition, ended leases among them."""
        pipeline = self._scripts.client.pipeline(transaction=False)
        for name in names:
            for partition in range(self._partitions):
                pipeline.zcard(keys.leased(keys.prefix(partition), name))
        counts = iter(pipeline.execute() if names else ())
        every = range(self._partitions)
        return {name: [int(next(counts)) for _ in every] for name in names}
