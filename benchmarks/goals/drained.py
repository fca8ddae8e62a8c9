"""How fast a backlog is drained."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from benchmarks import feed
from benchmarks.contenders import CONTENDERS, WAYBILL, Maker
from benchmarks.goals.goal import Goal, ratio
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.stage import Stage, stage
from benchmarks.table import table

#: How long a partner takes to answer, in milliseconds.
DELAYS_MS = (0, 100)
#: Seconds per event after which a contender is given up: a tenth of what the
#: slowest one needs with slow partners.
PATIENCE = 0.4
#: Times the textbook's events per second, by how long a partner takes to answer.
FASTER = {0: 6.0, 100: 4.5}
#: The most of the textbook's CPU that a drained event is to take.
CPU_RATIO = 0.1
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
    def per_second(self) -> float:
        return self.events / self.seconds

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.contender,
            f"{self.delay_ms} ms",
            f"{self.per_second:.0f}",
            f"{self.worker_ms:.2f}",
            f"{self.feeder_ms:.2f}" if self.feeder_ms else "",
            *(str(self.calls[kind]) for kind in ("polls", "links", "notifications")),
        )


def drain(
    contender: str,
    delay_ms: int,
    events: int,
    makers: Mapping[str, Maker] = CONTENDERS,
) -> Drain:
    """Measure one contender, a name of `makers`, once.

    Raises:
        RuntimeError: it did not start, did not finish, or did something wrong.
    """
    with stage(contender, delay_ms / 1_000, makers) as ready:
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
    delays = DELAYS_MS[:1] if size.quick else DELAYS_MS
    whole = product(range(size.rounds), delays, size.contenders)
    # Round after round, so that a busy minute of the machine hits all alike.
    for _, delay_ms, contender in whole:
        report.progress(f"{contender}: {size.events} events, {delay_ms} ms …")
        found = drain(contender, delay_ms, size.events)
        report.progress("   " + " · ".join(found.cells))
        drains.setdefault((delay_ms, contender), []).append(found)
    medians = [_median(each) for each in drains.values()]
    report.add("throughput", medians, table(HEADS, [each.cells for each in medians]))
    report.judge(goals(medians))


def goals(found: Sequence[Drain]) -> Iterator[Goal]:
    """CPU and rate, ours beside each other contender's."""
    pairs = [
        (ours, theirs)
        for ours in found
        for theirs in found
        if ours.contender == WAYBILL != theirs.contender
        and ours.delay_ms == theirs.delay_ms
    ]
    for ours, theirs in pairs:
        yield Goal(
            f"worker CPU per event, drained, partners answer {_answer(ours)}",
            f"{ours.worker_ms:.2f} ms",
            f"{theirs.worker_ms:.2f} ms",
            ratio(ours.worker_ms, theirs.worker_ms),
            CPU_RATIO,
        )
    for ours, theirs in pairs:
        yield Goal(
            f"events/s drained, partners answer {_answer(ours)}",
            f"{ours.per_second:.0f}",
            f"{theirs.per_second:.0f}",
            ratio(ours.per_second, theirs.per_second),
            FASTER[ours.delay_ms],
            least=True,
        )


def _answer(drain: Drain) -> str:
    return f"after {drain.delay_ms} ms" if drain.delay_ms else "at once"


def _median(drains: list[Drain]) -> Drain:
    return sorted(drains, key=lambda each: each.seconds)[len(drains) // 2]
