"""The destinations with their limits, and whether work may start there at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import ceil

from tasks.destination import Destination
from tasks.outcomes.retry import RetryPolicy

#: As many calls are under way at a destination as this many a second would need, when
#: each takes as long as they do lately (Little's law): more only wait behind one
#: another, and an item that waits in the ledger is cheaper than one in a message.
CALLS_PER_SECOND = 2000

#: Never fewer, however quick the destination is.
FEWEST = 8

#: Tasks of who runs none, and sends no hints.
MANY = 1_000_000


class Destinations(Mapping[str, Destination]):
    """Every destination by name.

    A destination that is not configured any more (an endpoint taken out of the
    settings) keeps what the ledger holds for it: nothing is claimed, and `doctor`
    names it.

    Args:
        known: the destinations of the settings.
        is_open: whether a destination's gate is known to be open; the direct path
            asks it, Release asks the gate itself.
        seconds: how long a call to a destination takes lately.
        slots_free: how many tasks of a destination this process could run at once.
        slots_left: how many tasks this process could run at once besides.
        look: has it known of gates, see `Gates.look`.
    """

    def __init__(
        self,
        known: Iterable[Destination],
        is_open: Callable[[str], bool] = lambda _: True,
        seconds: Callable[[str], float] = lambda _: 1.0,
        slots_free: Callable[[str], int] = lambda _: MANY,
        slots_left: Callable[[], int] = lambda: MANY,
        look: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self._known = {destination.name: destination for destination in known}
        self._is_open = is_open
        self._seconds = seconds
        self._slots_free = slots_free
        self._slots_left = slots_left
        self.look = look
        #: Whether work was left to wait since somebody last looked for it.
        self.crowded = False

    def __getitem__(self, name: str) -> Destination:
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def room(self, name: str) -> tuple[bool, int]:
        """Whether new work may be leased at once, and up to how many leases."""
        known = self._known.get(name)
        if known is None:
            return False, 0
        direct = self._slots_free(name) > 0 and self.bypasses_gate(name)
        return direct, min(self._calls(name), known.max_leased)

    def rooms(self, names: Iterable[str]) -> Callable[[str], tuple[bool, int]]:
        """`room` for all that is written at once.

        Hints at more destinations than there are threads would wait in a queue; what is
        due in the ledger needs none.
        """
        wanted = list(names)
        self.look(wanted)
        left, at_once = max(self._slots_left(), FEWEST), set[str]()

        def room(name: str) -> tuple[bool, int]:
            direct, cap = self.room(name)
            if direct and name not in at_once and len(at_once) >= left:
                direct = False
            if direct:
                at_once.add(name)
            self.crowded |= not direct
            return direct, cap

        return room

    def most_leased(self, name: str) -> int:
        """How many leases are of use at a destination as it is now."""
        known = self._known[name]
        return min(self._calls(name) * known.per_call, known.max_leased)

    def bypasses_gate(self, name: str) -> bool:
        """Whether a call may start without asking the destination's gate."""
        return not self._known[name].calls_per_minute and self._is_open(name)

    def _calls(self, name: str) -> int:
        return max(FEWEST, ceil(CALLS_PER_SECOND * self._seconds(name)))

    def policies(self) -> dict[str, RetryPolicy]:
        return {name: known.retry for name, known in self._known.items()}
