"""Names of destinations as labels of metrics: so many, and one for all the others."""

from collections.abc import Iterable

from tasks.planning.rules import INGRAM_PREFIX

#: Destinations that have samples of their own; each costs a page some twenty lines.
MOST = 1_000

#: What stands for all other endpoints; no endpoint can be called so.
OTHERS = f"{INGRAM_PREFIX}(others)"


def most_named(names: Iterable[str]) -> list[str]:
    """Those that have samples of their own: the partners, and endpoints by name."""
    return sorted(names, key=_rank)[:MOST]


def _rank(name: str) -> tuple[bool, str]:
    return name.startswith(INGRAM_PREFIX), name


class Labels:
    """The labels of what a process counts: the first so many that it has met."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def of(self, destination: str) -> str:
        """The label under which a destination is counted, from now on the same."""
        if destination in self._met:
            return destination
        if len(self._met) >= MOST:
            return OTHERS
        self._met.add(destination)
        return destination
