"""How fast a backlog is drained: `python -m benchmarks.throughput`."""

import time
from dataclasses import dataclass
from itertools import product

from benchmarks import feed
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.run import run
from benchmarks.stage import Stage, stage
from benchmarks.table import table

#: How long a partner takes to answer, in milliseconds.
DELAYS_MS = (0, 100)
#: Seconds per event after which a contender is given up: a tenth of what the
#: slowest one needs with slow partners.
PATIENCE = 0.4
HEADS = (
    "contender",
    "partners",
    "events/s",
    "worker ms/event",
    "feeder ms/event",
    "polls",
    "links",
    "notifications",
)


@dataclass(frozen=True, slots=True)
class Drain:
    """What it took to serve all events.

    Attributes:
        seconds: from before the first XADD to the last link or notification.
        worker_ms: CPU milliseconds of all worker processes per event.
        feeder_ms: the same of what only carries events in, where there is such.
        calls: requests that the partners saw, by kind.
    """

    contender: str
    delay_ms: int
    events: int
    seconds: float
    worker_ms: float
    feeder_ms: float
    calls: dict[str, int]

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.contender,
            f"{self.delay_ms} ms",
            f"{self.events / self.seconds:.0f}",
            f"{self.worker_ms:.2f}",
            f"{self.feeder_ms:.2f}" if self.feeder_ms else "",
            *(str(self.calls[kind]) for kind in ("polls", "links", "notifications")),
        )


def drain(contender: str, delay_ms: int, events: int) -> Drain:
    """Measure one contender once.

    Raises:
        RuntimeError: it did not start, did not finish, or did something wrong.
    """
    with stage(contender, delay_ms / 1_000) as ready:
        calls = ready.standins.calls()
        worker, feeder = ready.worker_cpu_seconds(), ready.feeder_cpu_seconds()
        seconds = _drained(ready, feed.numbers(0, events))
        worker = ready.worker_cpu_seconds() - worker
        feeder = ready.feeder_cpu_seconds() - feeder
        return Drain(
            contender=contender,
            delay_ms=delay_ms,
            events=events,
            seconds=seconds,
            worker_ms=1_000 * worker / events,
            feeder_ms=1_000 * feeder / events,
            calls=ready.standins.calls_since(calls),
        )


def _drained(ready: Stage, orders: tuple[str, ...]) -> float:
    started = time.time()
    feed.burst(ready.stream, orders)
    if not ready.served(orders, seconds=60.0 + PATIENCE * len(orders)):
        raise RuntimeError(f"not every event was served in time:\n{ready.logs()}")
    return ready.standins.last_call(orders) - started


def measure(size: Options, report: Report) -> None:
    """Measure all contenders with all partners, then print the table."""
    drains: dict[tuple[int, str], list[Drain]] = {}
    whole = product(range(size.rounds), DELAYS_MS, size.contenders)
    # Round after round, so that a busy minute of the machine hits all alike.
    for _, delay_ms, contender in whole:
        report.progress(f"{contender}: {size.events} events, {delay_ms} ms …")
        found = drain(contender, delay_ms, size.events)
        report.progress("   " + " · ".join(found.cells))
        drains.setdefault((delay_ms, contender), []).append(found)
    medians = [_median(each) for each in drains.values()]
    report.add("throughput", medians, table(HEADS, [each.cells for each in medians]))


def _median(drains: list[Drain]) -> Drain:
    return sorted(drains, key=lambda each: each.seconds)[len(drains) // 2]


if __name__ == "__main__":
    run(measure)
