"""Correction of the ledger's moments after Redis' clock was set back.

An item is due, a lease ends, a gate opens and Release looks at moments by Redis' clock.
Set back by an hour, it leaves all of them an hour too late.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import redis

from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import text

#: Members in one run of a script, and runs in one round trip: each must stay short.
MEMBERS, RUNS = 500, 100

#: Destinations in one run, and items of each that are pulled in.
PAGE, ITEMS = 100, 200


@dataclass(frozen=True, slots=True)
class Furthest:
    """How far ahead a moment may lie.

    Attributes:
        pause: ms of the longest pause of any item and any gate.
        lease: ms of the longest lease of any worker.
    """

    pause: int
    lease: int


class Moments:
    """The moments of one ledger; every method raises redis.RedisError.

    Args:
        client: of the ledger.
        partitions: of the ledger.
        gates: destinations of the settings, whose gates are put right.
        furthest: bounds.
        scripts: on that client; the tests pass some on a clock of their own.
    """

    def __init__(
        self,
        client: "redis.Redis",
        partitions: int,
        gates: Iterable[str],
        furthest: Furthest,
        scripts: Scripts | None = None,
    ) -> None:
        self._client = client
        self._roots = [keys.prefix(partition) for partition in range(partitions)]
        self._gates = tuple(gates)
        self._furthest = furthest
        self._scripts = scripts or Scripts(client)

    def shift(self, ms: int) -> None:
        """Bring everything nearer by as much as the clock was set back."""
        for root in self._roots:
            names = [
                text(name) for name in self._client.smembers(keys.destinations(root))
            ]
            of_each = (keys.due_name, keys.leased_name)
            sets = (make(name) for name in names for make in of_each)
            for some in _some([keys.NEXT_NAME, *sets]):
                self._shift(root, some, ms)
        self._put_gates_right(ms)

    def pull_in(self) -> None:
        """Let nothing lie further ahead than it may."""
        bounds = (self._furthest.pause, self._furthest.lease, ITEMS)
        for root in self._roots:
            place = "0"
            while True:
                call = Call("pull_in", root, (place, PAGE, *bounds))
                place = text(self._scripts.run(call))
                if place == "0":
                    break
        self._put_gates_right(0)

    def _shift(self, root: str, sets: list[str], ms: int) -> None:
        left = dict.fromkeys(sets, "0")
        while left:
            calls = [
                Call("shift_scores", root, (name, ms, cursor, MEMBERS))
                for name, cursor in left.items()
            ]
            cursors = map(text, self._scripts.run_all(calls))
            ends = zip(left, cursors, strict=True)
            left = {name: cursor for name, cursor in ends if cursor != "0"}

    def _put_gates_right(self, ms: int) -> None:
        retention = (ms, self._furthest.pause)
        for some in _some(self._gates):
            calls = [Call("gate_back", keys.gate(name), retention) for name in some]
            self._scripts.run_all(calls)


def _some(names: Iterable[str]) -> Iterator[list[str]]:
    """The names, as many at a time as make one round trip."""
    left = iter(names)
    while some := list(islice(left, RUNS)):
        yield some
