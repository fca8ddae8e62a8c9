"""Roster of the ledger's endpoints: names that its workers brought, and a version."""

from collections.abc import Sequence

from tasks.ledger_values import Roster
from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import text

#: Names that one script adds.
AT_ONCE = 1000


class Rosters:
    """The roster of every partition; each method may raise redis.RedisError.

    Args:
        scripts: on the ledger's client.
        partitions: of the ledger; each has a copy, since a script reaches no other.
    """

    def __init__(self, scripts: Scripts, partitions: int = 1) -> None:
        self._scripts = scripts
        self.partitions = self._partitions = partitions
        self._read: dict[int, Roster] = {}
        self._own: Sequence[str] = ()

    def join(self, names: Sequence[str]) -> tuple[str, ...]:
        """Have these names in the roster; its version in each partition then."""
        self._own = names
        parts = [names[n : n + AT_ONCE] for n in range(0, len(names), AT_ONCE)]
        roots = [keys.prefix(partition) for partition in range(self._partitions)]
        versions: list[bytes] = []
        for part in parts or [()]:
            calls = [Call("roster_join", root, tuple(part)) for root in roots]
            versions = self._scripts.run_all(calls)
        return tuple(map(text, versions))

    def last(self, partition: int) -> Roster:
        """The roster as it was last read here; read now where it never was."""
        return self._read.get(partition) or self.read(partition)

    def at(self, partition: int, version: str) -> Roster:
        """The roster of this version, or of the one that follows it meanwhile."""
        known = self._read.get(partition)
        is_current = known is not None and known.version == version
        return known if known and is_current else self.read(partition)

    def read(self, partition: int) -> Roster:
        """The roster now."""
        call = Call("roster_read", keys.prefix(partition), ())
        version, *names = map(text, self._scripts.run(call))
        # Ten thousand names that this process has are not kept a second time.
        own = {name: name for name in self._own}
        found = Roster(version, frozenset(own.get(name, name) for name in names))
        self._read[partition] = found
        return found

    def everyone(self) -> frozenset[str]:
        """The names in any partition's roster now."""
        rosters = [self.read(partition) for partition in range(self._partitions)]
        return frozenset[str]().union(*(one.names for one in rosters))
