"""The destinations with their limits, and whether work may start there at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from tasks.destination import Destination
from tasks.retry import RetryPolicy


class Destinations(Mapping[str, Destination]):
    """Every destination by name.

    A destination that is not configured any more (an endpoint taken out of the
    settings) keeps what the ledger holds for it: nothing is claimed, and `doctor`
    names it.

    Args:
        known: the destinations of the settings.
        is_open: whether a destination's gate is known to be open; the direct path
            asks it, Release asks the gate itself.
    """

    def __init__(
        self,
        known: Iterable[Destination],
        is_open: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._known = {destination.name: destination for destination in known}
        self._is_open = is_open

    def __getitem__(self, name: str) -> Destination:
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def room(self, name: str) -> tuple[bool, int]:
        """Whether new work may be leased at once, and how many leases there may be."""
        known = self._known.get(name)
        if known is None:
            return False, 0
        paced = known.calls_per_minute > 0
        return not paced and self._is_open(name), known.max_leased

    def policies(self) -> dict[str, RetryPolicy]:
        return {name: known.retry for name, known in self._known.items()}
