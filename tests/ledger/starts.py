"""Threads that go on with an item themselves, as far as a test wants them to."""

from dataclasses import dataclass, field
from typing import Self

from tests.ledger.clock import World


@dataclass(slots=True)
class Starts:
    """Keeps a thread wherever it is asked to, as long as it is `free`.

    Attributes:
        kept: the runs that threads were kept for, and neither began nor are released.
    """

    free: bool = True
    kept: list[str] = field(default_factory=list)
    _named: int = 0

    def __deepcopy__(self, memo: object) -> Self:
        """A backup of a walk has the threads of the process, not others."""
        return self

    def reserve(self, destination: str) -> str:
        if not self.free:
            return ""
        self._named += 1
        self.kept.append(f"own-{self._named}-{destination}")
        return self.kept[-1]

    def release(self, run: str) -> None:
        self.kept.remove(run)


def starting(world: World, *, free: bool = True) -> Starts:
    """Have this world's ledger begin what it leases at once."""
    world.ledger._begins._starts = made = Starts(free)
    return made
