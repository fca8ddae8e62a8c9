"""What single orders cost at a steady rate, and how long they take."""

import math
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from benchmarks import feed
from benchmarks.contenders import WAYBILL
from benchmarks.goals.burner import busy_core
from benchmarks.goals.goal import Goal, ratio
from benchmarks.goals.phase import fed
from benchmarks.meter import Spent
from benchmarks.options import Options
from benchmarks.percentile import percentile
from benchmarks.report import Report
from benchmarks.stage import stage
from benchmarks.table import table

#: Events per second, by how long a partner takes to answer, in milliseconds.
RATES = {0: (20, 50, 100), 100: (100,)}
QUICK_RATES = {0: (50,)}
#: The most of the textbook's CPU that an event is to take.
CPU_RATIO = 0.4
#: So far apart are the numbers of two phases' orders.
APART = 50_000
HEADS = (
    "contender",
    "partners",
    "machine",
    "rate",
    "worker ms/event",
    "feeder ms/event",
    "Redis ms/event",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "arrived",
    "others' cores",
)


@dataclass(frozen=True, slots=True)
class Steady:
    """One contender at one rate.

    Attributes:
        busy: whether others keep one core busy.
        worker_ms: CPU milliseconds of all worker processes per event; `feeder_ms` of
            what carries events in, `redis_ms` of Redis.
        aof_bytes: that the append-only file grew by, per event.
        arrived: so many of `events` notifications.
        p50_ms, p95_ms, p99_ms: from XADD to arrival; None when the notification at that
            rank never arrived.
        others: cores that were used meanwhile by processes which are not measured.
    """

    contender: str
    delay_ms: int
    busy: bool
    rate: int
    events: int
    arrived: int
    worker_ms: float
    feeder_ms: float
    redis_ms: float
    aof_bytes: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    others: float

    @property
    def case(self) -> tuple[int, bool, int]:
        """What two contenders have in common that are compared."""
        return self.delay_ms, self.busy, self.rate

    @property
    def case_text(self) -> str:
        answer = "at once" if self.delay_ms == 0 else f"after {self.delay_ms} ms"
        around = ", one core busy" if self.busy else ""
        return f"{self.rate}/s, partners answer {answer}{around}"

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.contender,
            f"{self.delay_ms} ms",
            "one core busy" if self.busy else "quiet",
            f"{self.rate}/s",
            f"{self.worker_ms:.2f}",
            f"{self.feeder_ms:.2f}" if self.feeder_ms else "",
            f"{self.redis_ms:.2f}",
            *(milliseconds(each) for each in (self.p50_ms, self.p95_ms, self.p99_ms)),
            f"{self.arrived} of {self.events}",
            f"{self.others:.2f}",
        )


def milliseconds(value: float | None) -> str:
    return "falls behind" if value is None else f"{value:,.1f}"


def phases(
    contender: str, delay_ms: int, rates: Sequence[int], seconds: float, *, busy: bool
) -> Iterator[Steady]:
    """Measure one contender at these rates, one after the other.

    Raises:
        RuntimeError: it did not start, or did something wrong.
    """
    around = busy_core() if busy else nullcontext()
    with stage(contender, delay_ms / 1_000) as ready, around:
        for place, rate in enumerate(rates):
            orders = feed.numbers(place * APART, round(rate * seconds))
            late, cost = fed(ready, orders, rate)
            yield _steady(contender, delay_ms, rate, late, cost, busy=busy)


def _steady(
    contender: str,
    delay_ms: int,
    rate: int,
    late: list[float],
    cost: Spent,
    *,
    busy: bool,
) -> Steady:
    events = len(late)
    ranks = [percentile(late, percent) for percent in (50, 95, 99)]
    p50, p95, p99 = (None if math.isinf(rank) else rank for rank in ranks)
    return Steady(
        contender=contender,
        delay_ms=delay_ms,
        busy=busy,
        rate=rate,
        events=events,
        arrived=sum(map(math.isfinite, late)),
        worker_ms=1_000 * cost.worker / events,
        feeder_ms=1_000 * cost.feeder / events,
        redis_ms=1_000 * cost.redis / events,
        aof_bytes=cost.aof / events,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        others=cost.others,
    )


def goals(found: Sequence[Steady]) -> Iterator[Goal]:
    """CPU where the machine is quiet, then latency in both."""
    for ours, theirs in pairs(found):
        if not ours.busy:
            yield _cpu(ours, theirs)
    for ours, theirs in pairs(found):
        yield _latency(ours, theirs)


def pairs(found: Sequence[Steady]) -> Iterator[tuple[Steady, Steady]]:
    """Each of our figures with each other contender's of the same case."""
    for ours in found:
        for theirs in found:
            if ours.contender == WAYBILL != theirs.contender and (
                ours.case == theirs.case
            ):
                yield ours, theirs


def _cpu(ours: Steady, theirs: Steady) -> Goal:
    return Goal(
        f"worker CPU per event, {ours.case_text}",
        f"{ours.worker_ms:.1f} ms",
        f"{theirs.worker_ms:.1f} ms",
        ratio(ours.worker_ms, theirs.worker_ms),
        CPU_RATIO,
    )


def _latency(ours: Steady, theirs: Steady) -> Goal:
    worse = max(ratio(ours.p50_ms, theirs.p50_ms), ratio(ours.p99_ms, theirs.p99_ms))
    return Goal(
        f"XADD to arrival p50 / p99, {ours.case_text}",
        f"{milliseconds(ours.p50_ms)} / {milliseconds(ours.p99_ms)} ms",
        f"{milliseconds(theirs.p50_ms)} / {milliseconds(theirs.p99_ms)} ms",
        worse,
        1.0,
    )


def measure(size: Options, report: Report) -> None:
    """Measure all contenders at all rates, quiet and busy; print the table."""
    found: list[Steady] = []
    for busy in (False,) if size.quick else (False, True):
        for delay_ms, rates in (QUICK_RATES if size.quick else RATES).items():
            for contender in size.contenders:
                report.progress(f"{contender}: steady, {delay_ms} ms, {busy=} …")
                for one in phases(contender, delay_ms, rates, size.seconds, busy=busy):
                    report.progress("   " + " · ".join(one.cells))
                    found.append(one)
    report.add("steady", found, table(HEADS, [one.cells for one in found]))
    report.judge(goals(found))
