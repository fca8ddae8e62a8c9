"""Moments in the ledger, put right after Redis' clock was set back.

An item is due, a lease ends and a gate opens at a moment by Redis' clock. Set back by
an hour, it would leave all of them an hour too late.
"""

from collections.abc import Iterator, Mapping

import redis

from workers.ledger import keys
from workers.ledger.answers import text
from workers.ledger.scripts import Call, Scripts

#: Items in one run of a script, which must stay short.
AT_ONCE = 500

#: A lease lies no further ahead than so many of ours: others may have longer ones.
LEASES = 10


class Moments:
    """The moments of one ledger; every method raises redis.RedisError.

    Args:
        client: of the ledger.
        partitions: of the ledger.
        longest: ms of a destination's longest pause, by name.
        lease: ms of a lease.
        scripts: on that client; the tests pass some on a clock of their own.
    """

    def __init__(
        self,
        client: "redis.Redis",
        partitions: int,
        longest: Mapping[str, int],
        lease: int,
        scripts: Scripts | None = None,
    ) -> None:
        self._client = client
        self._roots = [keys.prefix(partition) for partition in range(partitions)]
        self._longest = longest
        self._lease = lease
        self._scripts = scripts or Scripts(client)

    def shift(self, ms: int) -> None:
        """Bring everything nearer by as much as the clock was set back."""
        for root, name in self._named():
            for kind in ("due", "leased"):
                self._shift(root, f"{kind}:{name}", ms)
        self._gates(ms)

    def pull_in(self) -> None:
        """Let nothing lie further ahead than the longest pause of its destination."""
        for root, name in self._named():
            longest = self._longest.get(name)
            if longest is not None:
                self._pull_in(root, f"due:{name}", longest)
                self._pull_in(root, f"leased:{name}", LEASES * self._lease)
        self._gates(0)

    def _named(self) -> Iterator[tuple[str, str]]:
        for root in self._roots:
            names = self._client.smembers(root + "destinations")
            yield from ((root, text(name)) for name in names)

    def _shift(self, root: str, key: str, ms: int) -> None:
        cursor = "0"
        while True:
            call = Call("shift_scores", root, (key, ms, cursor, AT_ONCE))
            cursor = text(self._scripts.run(call))
            if cursor == "0":
                return

    def _pull_in(self, root: str, key: str, ms: int) -> None:
        call = Call("pull_in", root, (key, ms, AT_ONCE))
        while int(self._scripts.run(call)) == AT_ONCE:
            pass

    def _gates(self, ms: int) -> None:
        for name, longest in self._longest.items():
            self._scripts.run(Call("gate_back", keys.gate(name), (ms, longest)))
