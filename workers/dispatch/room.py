"""Admission of work at a destination: whether it starts at once, and how much."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from tasks.concurrency import (
    Destinations,
    direct_leases,
    most_leased,
    started_together,
)
from tasks.execution.attempt import caught
from workers.dispatch.partition_gates import PartitionGates
from workers.dispatch.slots import Slots


class Gates(Protocol):
    """What a process knows of the gates without asking Redis each time."""

    def is_open(self, destination: str) -> bool:
        """Whether nothing speaks against calling now, as far as it knows."""

    def look(self, destinations: Iterable[str]) -> None:
        """Look at those of which it knows nothing, in one round trip."""

    def close(
        self, destination: str, seconds: float, why: str = "", *, probe: bool = False
    ) -> None:
        """Nobody calls it for so long; then one call goes first, or all."""


class Room:
    """What is known in one process of its threads, its calls and the gates.

    Args:
        destinations: of the settings.
        gates: what this process knows of them; the direct path asks no more, Release
            asks the gate itself.
        seconds: how long a call to a destination takes lately.
        slots: the threads of this process.
        partitions: of the ledger.
        apart: gates of the partitions, where each may have to wait for replicas of its
            primary.
    """

    def __init__(
        self,
        destinations: Destinations,
        gates: Gates,
        seconds: Callable[[str], float],
        slots: Slots,
        partitions: int = 1,
        apart: PartitionGates | None = None,
    ) -> None:
        self._destinations = destinations
        self._gates = gates
        self._seconds = seconds
        self._slots = slots
        self._partitions = partitions
        self._apart = apart
        #: Whether work was left to wait since somebody last looked for it.
        self.crowded = False

    def room(self, name: str) -> tuple[bool, int]:
        """Whether new work may be leased at once, and up to how many leases."""
        known = self._destinations.get(name)
        if known is None:
            return False, 0
        cap = direct_leases(known, self._seconds(name), self._partitions)
        direct = self._slots.free(name) > 0 and self.bypasses_gate(name)
        return direct and cap > 0, cap

    def rooms(self, names: Iterable[str]) -> Callable[[str], tuple[bool, int]]:
        """`room` for all that is written together, see `started_together`."""
        wanted = list(names)
        self._gates.look(wanted)
        left, at_once = started_together(self._slots.left()), set[str]()

        def room(name: str) -> tuple[bool, int]:
            direct, cap = self.room(name)
            if direct and name not in at_once and len(at_once) >= left:
                direct = False
            if direct:
                at_once.add(name)
            # Where a partition has no leases of its own, Release alone gives some.
            self.crowded |= not direct and cap > 0
            return direct, cap

        return room

    def look(self, names: Iterable[str]) -> None:
        """Look at the gates of which this process knows nothing."""
        self._gates.look(names)

    def most_leased(self, name: str) -> int:
        """How many leases of a partition are of use, of those that are its own."""
        known = self._destinations[name]
        return most_leased(known, self._seconds(name), self._partitions)

    def rest(self, partition: int, seconds: float, why: str) -> None:
        """Have nothing start there for so long, in any process; then one call first.

        Never raises: what did not begin is given back whatever can be noted of it.
        """
        if (apart := self._apart) is not None:
            caught(lambda: apart.close(partition, seconds, why))

    def begins(self, partition: int) -> bool:
        """Whether what was leased in the partition may begin."""
        return self._apart is None or not self._apart.is_closed(partition)

    def leases(self, partition: int) -> bool:
        """Whether anybody but Release may lease in the partition."""
        return self._apart is None or self._apart.is_open(partition)

    def confirmed(self, partition: int) -> None:
        """Replicas have what began in the partition; never raises, since it has."""
        if (apart := self._apart) is not None:
            caught(lambda: apart.confirmed(partition))

    def bypasses_gate(self, name: str) -> bool:
        """Whether a call may start without asking the destination's gate."""
        paced = self._destinations[name].calls_per_minute
        return not paced and self._gates.is_open(name)


@dataclass(frozen=True, slots=True)
class FixedRoom:
    """Room that nothing changes, where no replicas are waited for.

    Attributes:
        direct: whether new work is leased at once.
        most: leases of a partition; 0 where nothing is leased.
    """

    direct: bool
    most: int = 0

    def rooms(self, names: Iterable[str]) -> Callable[[str], tuple[bool, int]]:
        """The same for each."""
        del names
        return lambda _: (self.direct, self.most if self.direct else 0)

    def most_leased(self, name: str) -> int:
        """The same for each."""
        del name
        return self.most

    def rest(self, partition: int, seconds: float, why: str) -> None:
        """Nothing rests."""

    def begins(self, partition: int) -> bool:
        """In every partition."""
        del partition
        return True

    def leases(self, partition: int) -> bool:
        """In every partition."""
        del partition
        return True

    def confirmed(self, partition: int) -> None:
        """Nobody waits to hear it."""
