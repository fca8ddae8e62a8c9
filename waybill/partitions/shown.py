"""How far a repartition has come, on standard error."""

from collections.abc import Mapping
from typing import Final

from waybill.console import amount, plain
from waybill.progress import Progress
from workers.ledger.layout.layout import Layout, Stage

WORDS: Final[Mapping[Stage, str]] = {
    Stage.WIDENING: "widening: workers begin to work on {width}",
    Stage.MOVING: "moving: new orders go into {count}, others are moved",
    Stage.SETTLED: "settled: the ledger lies in {count}",
}


class Shown:
    """Shows stages as lines, orders as a count."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._waiting: list[str] = []

    def stage(self, layout: Layout) -> None:
        """A stage has begun, or goes on."""
        line = WORDS[layout.stage].format(
            width=amount(layout.width, "partition"),
            count=amount(layout.count, "partition"),
        )
        self._progress.report(line)

    def waits(self, workers: list[str]) -> None:
        """These workers are waited for."""
        if workers != self._waiting:
            self._progress.report(f"waiting for {plain(', '.join(workers))}")
        self._waiting = workers

    def moved(self, orders: int, busy: int) -> None:
        """So many orders have moved; so many are worked on, and waited for."""
        more = (
            f" ({busy:,} are worked on, and move when that has ended)" if busy else ""
        )
        self._progress.count(f"orders moved{more}", orders)
