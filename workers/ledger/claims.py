"""Claims: leases due items to this worker, each under a fencing token."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from tasks.destination import Destination
from tasks.ledger_values import Claim, Hint
from workers.ledger import keys
from workers.ledger.reserves import Reserves, Wish
from workers.ledger.retention import Retention
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import number, text

log = structlog.get_logger()

#: What is logged of an item whose worker died, or lost its lease, under its call.
_UNENDED: Final = "its lease ended during the call; this attempt has no outcome"

#: Destinations that one script looks at, at most: while it runs, Redis does nothing
#: else, and one of them costs it some ten microseconds.
PAGE = 100

#: Destinations that each look of Release's puts in order besides: what an older release
#: has written, or Redis' clock has left behind when it stepped back, is found by that.
ORDERED = 10


@dataclass(frozen=True, slots=True)
class DestinationWork:
    """What one destination of one partition has to do.

    Attributes:
        due_ms: ms until its first item is due, None when nothing waits.
        leased: how many items are leased.
        ended: how many of those leases have ended: nobody works on those items.
        due: how many items are due now.
        waiting: how many are due now or later, as far as that was asked.
        overdue_ms: for how long the first of them has been due; the same holds.
        disabled: whether nothing is sent to it.
    """

    destination: str
    partition: int
    due_ms: int | None
    leased: int
    ended: int
    due: int
    waiting: int = 0
    overdue_ms: int = 0
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """The destinations at which something may be done now, longest waiting first.

    Attributes:
        more: whether there may be others besides.
        seconds: until another one is to be looked at, None without one.
    """

    work: tuple[DestinationWork, ...]
    more: bool
    seconds: float | None


#: For how many seconds nothing can be done at a destination of a partition; 0 where
#: something was.
Rests = Mapping[tuple[int, str], float]


class Claims:
    """Looks for work and leases it; raises redis.RedisError.

    Args:
        scripts: on the ledger.
        terms: how long the ledger keeps things.
        partitions: of the ledger.
        ordered: destinations that each look of Release's puts in order besides.
    """

    def __init__(
        self,
        scripts: Scripts,
        retention: Retention,
        partitions: int = 1,
        ordered: int = ORDERED,
    ) -> None:
        self._scripts = scripts
        self._retention = retention
        self._partitions = partitions
        self._ordered = ordered
        self._places: list[bytes | str] = ["0"] * partitions
        self._looks = 0
        #: What may be leased beyond the partitions' own.
        self.reserves = Reserves(scripts, partitions)

    def ready(self, rests: Rests | None = None, *, ordering: bool = True) -> Ready:
        """Where something may be done now, at most `PAGE` of each partition.

        Args:
            rests: what became of those of the last look; others keep their places.
            ordering: whether some destinations are put in order besides.
        """
        looks = [_look(p, rests or {}) for p in range(self._partitions)]
        orders = self._orders() if ordering else []
        answers = self._scripts.run_all([*orders, *looks])
        if orders:
            self._places = [answer[0] for answer in answers[: len(orders)]]
        answers = answers[len(orders) :]
        pauses = [int(answer[1]) for answer in answers if int(answer[1]) >= 0]
        found = [_work(p, answer[2:], 5) for p, answer in enumerate(answers)]
        # Each partition goes first in its turn: what is scarce is given in this order.
        self._looks = (self._looks + 1) % self._partitions
        found = found[self._looks :] + found[: self._looks]
        return Ready(
            tuple(work for page in found for work in page),
            any(int(answer[0]) >= PAGE for answer in answers),
            min(pauses) / 1000 if pauses else None,
        )

    def moments(self) -> tuple[Any, ...]:
        """The first moment of Release's next looks in each partition, as it stands.

        Where they are as they were, `ready` would find what it found. It asks one plain
        command of Redis, of which it takes four.
        """
        pipeline = self._scripts.client.pipeline(transaction=False)
        for partition in range(self._partitions):
            name = keys.next_looks(keys.prefix(partition))
            pipeline.zrange(name, 0, 0, withscores=True)
        return tuple(first[0][1] if first else None for first in pipeline.execute())

    def _orders(self) -> list[Call]:
        if not self._ordered:
            return []
        return [
            Call("peek", keys.prefix(p), (place, self._ordered, 1))
            for p, place in enumerate(self._places)
        ]

    def waiting(self) -> Iterator[tuple[str, int]]:
        """Destinations with how much is due there, of those that Release looks at.

        Nothing more is asked of Redis than is taken from this iterator.
        """
        for partition in range(self._partitions):
            root, passed = keys.prefix(partition), 0
            while found := self._scripts.run(Call("waiting", root, (passed, PAGE))):
                passed += PAGE
                for n in range(0, len(found), 2):
                    yield text(found[n]), int(found[n + 1])

    def work(self) -> list[DestinationWork]:
        """Every destination that has work and is not disabled."""
        every = busy(self._scripts, self._partitions)
        return [one for one in every if not one.disabled]

    def claim(
        self, destination: Destination, partition: int, most: int, cap: int
    ) -> Hint:
        """Lease up to `most` items, as long as no more than `cap` are leased."""
        return self.claim_each([Wish(destination, partition, most, cap)])[0]

    def claim_each(self, wishes: Sequence[Wish]) -> list[Hint]:
        """Lease what each asks for, as far as there is any, in one round trip.

        Whatever was being sent when its lease ended has its line in the log: the worker
        that began it can have none.
        """
        answers = self._scripts.run_all([self._claim(one) for one in wishes])
        return [_hint(*pair) for pair in zip(wishes, answers, strict=True)]

    def _claim(self, wish: Wish) -> Call:
        destination = wish.destination
        arguments = (
            destination.name,
            wish.most,
            wish.cap,
            self._retention.lease,
            destination.per_call,
            int(destination.soon_seconds * 1000),
            self._retention.delivery_retention,
            self._retention.timeline,
            destination.soon_share,
            wish.until_ms,
        )
        return Call("claim", keys.prefix(wish.partition), arguments)


def busy(scripts: Scripts, partitions: int = 1) -> Iterator[DestinationWork]:
    """Every destination that has work, disabled ones too; raises redis.RedisError.

    One that gets or loses work meanwhile may be missing, or be there twice.

    Args:
        scripts: on the ledger.
        partitions: of the ledger.
    """
    for partition in range(partitions):
        root, place = keys.prefix(partition), b""
        while place != b"0":
            place, *found = scripts.run(Call("peek", root, (place or b"0", PAGE, 0)))
            yield from _work(partition, found, 8)


def _look(partition: int, rests: Rests) -> Call:
    taken = (
        word
        for (at, name), seconds in rests.items()
        if at == partition
        for word in (name, int(seconds * 1000))
    )
    return Call("ready", keys.prefix(partition), (PAGE, *taken))


def _work(partition: int, answer: Sequence[Any], each: int) -> list[DestinationWork]:
    return [_one(partition, answer[n : n + each]) for n in range(0, len(answer), each)]


def _one(partition: int, answer: Sequence[Any]) -> DestinationWork:
    name, due_in, *counts = answer
    leased, ended, due, *rest = map(int, counts)
    waiting, overdue, disabled = rest or (0, 0, 0)
    return DestinationWork(
        text(name),
        partition,
        _ms(due_in),
        leased,
        ended,
        due,
        waiting,
        overdue,
        bool(disabled),
    )


def _hint(wish: Wish, answer: Sequence[Any]) -> Hint:
    leased, unended = answer
    claims = tuple(
        Claim(text(leased[n]), int(leased[n + 1])) for n in range(0, len(leased), 2)
    )
    name = wish.destination.name
    for n in range(0, len(unended), 3):
        ref, order, attempt = map(text, unended[n : n + 3])
        fields = {"destination": name, "item": ref, "order": order}
        log.warning("attempt_unended", **fields, attempt=number(attempt), why=_UNENDED)
    return Hint(name, wish.partition, claims)


def _ms(value: int) -> int | None:
    return None if int(value) < 0 else int(value)
