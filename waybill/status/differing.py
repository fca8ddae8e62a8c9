"""Reports of workers whose settings differ; pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from waybill.console import span
from workers.ledger.identity.heartbeats import Alive

#: Seconds for which workers may differ: a deployment replaces them one by one.
DEPLOYMENT_SECONDS = 1_800.0

#: How many names are shown of workers that have the same settings.
NAMES = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of the settings that is not the same for all workers.

    Attributes:
        part: its name.
        groups: the names of the workers that have the same, the newest last.
        seconds: how long they have differed.
    """

    part: str
    groups: tuple[tuple[str, ...], ...]
    seconds: float

    @property
    def lasts(self) -> bool:
        """Whether no deployment takes so long."""
        return self.seconds > DEPLOYMENT_SECONDS

    def __str__(self) -> str:
        against = " against ".join(map(_names, self.groups))
        return (
            f"workers differ in their settings of {self.part} for"
            f" {span(self.seconds)}: {against}"
        )

    def advice(self) -> str:
        """What to do."""
        if not self.lasts:
            return "fine while a deployment lasts"
        return "give all the same settings and start them anew"


def differences(workers: Sequence[Alive]) -> Iterator[Difference]:
    """Every part that differs; workers of an older release do not report theirs.

    Args:
        workers: that are alive.
    """
    by_part: defaultdict[str, defaultdict[str, list[Alive]]]
    by_part = defaultdict(lambda: defaultdict(list))
    for one in workers:
        for part, digest in one.heartbeat.settings.items():
            by_part[part][digest].append(one)
    for part, kinds in by_part.items():
        if len(kinds) > 1:
            groups = sorted(kinds.values(), key=_age, reverse=True)
            named = tuple(tuple(a.heartbeat.name for a in group) for group in groups)
            yield Difference(part, named, _age(groups[-1]))


def _age(group: Sequence[Alive]) -> float:
    return max(one.heartbeat.up_seconds for one in group)


def _names(group: Sequence[str]) -> str:
    more = [f"{len(group) - NAMES} more"] if len(group) > NAMES else []
    return ", ".join([*group[:NAMES], *more])
