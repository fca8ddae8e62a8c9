"""How long an event takes at a steady pace: `python -m benchmarks.latency`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks import feed
from benchmarks.options import Options
from benchmarks.percentile import percentile
from benchmarks.report import Report
from benchmarks.run import run
from benchmarks.stage import Stage, stage
from benchmarks.table import table
from benchmarks.throughput import DELAYS_MS

#: Events per second.
RATES = (50, 100)
#: Seconds that a contender has to catch up when the events have ended; what
#: has not arrived by then counts as infinitely late.
CATCH_UP = 20.0
HEADS = ("contender", "partners", "rate", "p50 ms", "p95 ms", "p99 ms", "arrived")


@dataclass(frozen=True, slots=True)
class Latency:
    """From XADD to the notification's arrival, in milliseconds.

    A percentile is None when the notification at that rank never arrived.
    """

    contender: str
    delay_ms: int
    rate: int
    events: int
    arrived: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.contender,
            f"{self.delay_ms} ms",
            f"{self.rate}/s",
            *(_cell(each) for each in (self.p50_ms, self.p95_ms, self.p99_ms)),
            f"{self.arrived} of {self.events}",
        )


def steady(contender: str, delay_ms: int, rate: int, seconds: float) -> Latency:
    """Measure one contender at one pace.

    Raises:
        RuntimeError: it did not start, or did something wrong.
    """
    orders = feed.numbers(0, round(rate * seconds))
    with stage(contender, delay_ms / 1_000) as ready:
        published = feed.steady(ready.stream, orders, rate)
        ready.served(orders, CATCH_UP)
        late = _lateness(ready, published)
    ranks = [percentile(late, percent) for percent in (50, 95, 99)]
    p50, p95, p99 = (None if math.isinf(rank) else rank for rank in ranks)
    arrived = sum(map(math.isfinite, late))
    return Latency(contender, delay_ms, rate, len(orders), arrived, p50, p95, p99)


def _lateness(ready: Stage, published: Mapping[str, float]) -> list[float]:
    # The stand-ins' monotonic clock is ours: both run on this machine.
    at = {order: one.at for order, one in ready.standins.arrivals().items()}
    return sorted(
        1_000 * (at.get(order, math.inf) - sent) for order, sent in published.items()
    )


def _cell(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "falls behind"
    return f"{milliseconds:,.1f}"


def measure(size: Options, report: Report) -> None:
    """Measure all contenders at all rates with all partners; print the table."""
    found = []
    for delay_ms in DELAYS_MS:
        for rate in RATES:
            for contender in size.contenders:
                report.progress(f"{contender}: {rate}/s, {delay_ms} ms …")
                found.append(steady(contender, delay_ms, rate, size.seconds))
                report.progress("   " + " · ".join(found[-1].cells))
    report.add("latency", found, table(HEADS, [each.cells for each in found]))


if __name__ == "__main__":
    run(measure)
