"""What happens when twice as many events come as can be done, for a while."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from benchmarks import feed
from benchmarks.contenders import WAYBILL
from benchmarks.goals.goal import Goal
from benchmarks.meter import spent
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.stage import Stage, stage
from benchmarks.table import table

#: Times what can be done that is fed, and for how many seconds.
TIMES, SECONDS, QUICK_SECONDS = 2, 60.0, 6.0
#: Seconds between two looks, and looks to one row of the table.
LOOK, ROWS = 1.0, 12
#: Seconds in which nothing more arrives until the rest is given up.
SILENCE = 30.0
#: Where the numbers of the orders begin that are fed too fast.
FIRST = 100_000
#: More than draining needs, or costs, that is put down to the measurement.
SLACK = 1.1
HEADS = (
    "seconds",
    "fed/s",
    "notified/s",
    "backlog",
    "p50 ms",
    "backlog/rate ms",
    "orders/poll",
    "worker ms/event",
)


@dataclass(frozen=True, slots=True)
class Look:
    """Counters at one moment, in seconds since the first event was fed."""

    at: float
    fed: int
    notified: int
    polls: int
    worker: float

    @property
    def backlog(self) -> int:
        return self.fed - self.notified


@dataclass(frozen=True, slots=True)
class Stretch:
    """What happened between two looks.

    Attributes:
        ends: seconds since the first event was fed.
        backlog: events fed and not notified at its end.
        p50_ms: from XADD to arrival of those that were fed meanwhile, None where none.
        expected_ms: what the backlog at its middle takes at the rate of draining.
        per_poll: orders in one call to Westcon.
        worker_ms: CPU milliseconds of all worker processes per event notified.
    """

    ends: float
    fed_per_second: float
    per_second: float
    backlog: int
    p50_ms: float | None
    expected_ms: float
    per_poll: float
    worker_ms: float

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            f"{self.ends:.0f}",
            f"{self.fed_per_second:.0f}",
            f"{self.per_second:.0f}",
            f"{self.backlog:,}",
            "" if self.p50_ms is None else f"{self.p50_ms:,.0f}",
            f"{self.expected_ms:,.0f}",
            f"{self.per_poll:.1f}",
            f"{self.worker_ms:.2f}",
        )


@dataclass(frozen=True, slots=True)
class Overload:
    """The whole of it.

    Attributes:
        drained_per_second, drained_ms: rate and CPU of a backlog, measured before.
        events: that were fed; `lost` of them were not linked or notified.
        seconds: from the first XADD to the last notification.
        longest_ms: of any order, from XADD to arrival.
        most_behind: events fed and not notified, at most.
        worker_ms: CPU milliseconds per event, over all of it.
    """

    drained_per_second: float
    drained_ms: float
    events: int
    lost: int
    seconds: float
    longest_ms: float
    most_behind: int
    worker_ms: float

    @property
    def line(self) -> str:
        """What the table does not state."""
        return (
            f"{self.events:,} events, {self.lost} lost, all notified within"
            f" {self.seconds:.0f} s; a backlog drains at"
            f" {self.drained_per_second:.0f}/s"
        )

    @property
    def needed(self) -> float:
        """Seconds that draining all events takes."""
        return self.events / self.drained_per_second


def overload(events: int, seconds: float) -> tuple[Overload, list[Stretch]]:
    """Drain a backlog to learn what can be done, then feed twice that.

    Raises:
        RuntimeError: it did not start, or the backlog was not drained.
    """
    with stage(WAYBILL, 0.0) as ready:
        rate, drained_ms = _drained(ready, events)
        orders = feed.numbers(FIRST, round(TIMES * rate * seconds))
        feeder = feed.Feeder(ready.stream, orders, TIMES * rate)
        looks = list(_looks(ready, feeder))
        ready_links = ready.standins.linked()
        at = {order: one.at for order, one in ready.standins.arrivals().items()}
    sent = feeder.published
    late = {
        order: at.get(order, math.inf) - moment
        for order, moment in sent.items()
        if order in ready_links
    }
    arrived = [seconds for seconds in late.values() if math.isfinite(seconds)]
    began = min(sent.values())
    whole = Overload(
        drained_per_second=rate,
        drained_ms=drained_ms,
        events=len(sent),
        lost=len(sent) - len(arrived),
        seconds=max((at[order] for order in sent if order in at), default=0.0) - began,
        longest_ms=1_000 * max(arrived, default=math.inf),
        most_behind=max(look.backlog for look in looks),
        worker_ms=1_000 * (looks[-1].worker - looks[0].worker) / len(sent),
    )
    moments = {order: moment - began for order, moment in sent.items()}
    return whole, stretches(looks, moments, late)


def _drained(ready: Stage, events: int) -> tuple[float, float]:
    """Events per second, and CPU milliseconds per event."""
    orders = feed.numbers(0, events)
    before, started = spent(ready), time.time()
    feed.burst(ready.stream, orders)
    if not ready.served(orders, 60.0 + 0.1 * events):
        raise RuntimeError(f"the backlog was not drained:\n{ready.logs()}")
    cost = spent(ready).since(before)
    seconds = ready.standins.last_call(orders) - started
    return events / seconds, 1_000 * cost.worker / events


def _looks(ready: Stage, feeder: feed.Feeder) -> Iterator[Look]:
    """Look until all is notified and linked, or nothing moves any more."""
    before = ready.standins.calls()
    began = moved = time.monotonic()
    last, done = -1, 0
    feeder.start()
    while not (feeder.over and done >= len(feeder.published)):
        calls = ready.standins.calls_since(before)
        done = min(calls["links"], calls["notifications"])
        now = time.monotonic()
        moved = now if done > last else moved
        last = done
        yield Look(
            now - began,
            len(feeder.published),
            calls["notifications"],
            calls["polls"],
            ready.worker_cpu_seconds(),
        )
        if now - moved > SILENCE:
            return
        time.sleep(LOOK)


def stretches(
    looks: Sequence[Look], fed_at: dict[str, float], late: dict[str, float]
) -> list[Stretch]:
    """Cut the looks into about so many stretches of equal length.

    Args:
        looks: in their order.
        fed_at: each order's XADD, in seconds since the first.
        late: seconds from XADD to arrival, of each order.
    """
    step = max(1, len(looks) // ROWS)
    edges = [*looks[:-1:step], looks[-1]]
    rate = looks[-1].notified / looks[-1].at
    found = []
    for first, last in pairwise(edges):
        felt = [
            late[order]
            for order, moment in fed_at.items()
            if first.at <= moment < last.at and order in late
        ]
        seconds, notified = last.at - first.at, last.notified - first.notified
        found.append(
            Stretch(
                ends=last.at,
                fed_per_second=(last.fed - first.fed) / seconds,
                per_second=notified / seconds,
                backlog=last.backlog,
                p50_ms=1_000 * median(felt) if felt else None,
                expected_ms=500 * (first.backlog + last.backlog) / rate,
                per_poll=notified / max(1, last.polls - first.polls),
                worker_ms=1_000 * (last.worker - first.worker) / max(1, notified),
            )
        )
    return found


def goals(found: Overload) -> Iterator[Goal]:
    """Time, latency, CPU, and nothing lost."""
    what = f"overload, {TIMES} x what is drained"
    yield Goal(
        f"{what}: until all is notified, of what draining needs",
        f"{found.seconds:.0f} s",
        f"{found.needed:.0f} s needed",
        found.seconds / found.needed,
        SLACK,
    )
    # The last event that is fed meets the whole backlog, and waits for it alone.
    expected = 1_000 * found.most_behind / (found.events / found.seconds)
    yield Goal(
        f"{what}: longest latency, of what its backlog takes",
        f"{found.longest_ms:,.0f} ms",
        f"{expected:,.0f} ms expected",
        found.longest_ms / expected,
        SLACK,
    )
    yield Goal(
        f"{what}: worker CPU per event, of the drained figure",
        f"{found.worker_ms:.2f} ms",
        f"{found.drained_ms:.2f} ms drained",
        found.worker_ms / found.drained_ms,
        SLACK,
    )
    yield Goal(f"{what}: lost", "", f"of {found.events:,}", found.lost, 0, "")


def measure(size: Options, report: Report) -> None:
    """Overload the product once; print how it went."""
    seconds = QUICK_SECONDS if size.quick else SECONDS
    report.progress(f"waybill: {TIMES} x what it can do for {seconds:.0f} seconds …")
    whole, found = overload(2 * size.events, seconds)
    report.add("overload", found, table(HEADS, [each.cells for each in found]))
    report.add("overload, whole", [whole], whole.line)
    report.judge(goals(whole))
