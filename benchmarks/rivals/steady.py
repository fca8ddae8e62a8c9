"""A rival undisturbed: how fast it drains, what an event costs, how long one takes."""

import math
import time
from dataclasses import dataclass

from benchmarks import feed
from benchmarks.percentile import percentile
from benchmarks.rivals.roster import Rival
from benchmarks.rivals.stage import Stage, stage
from benchmarks.rivals.usage import Meter, Usage

#: How long a partner takes to answer, in milliseconds.
DELAYS_MS = (0, 100)
#: Events per second.
RATES = (20, 50, 100)
#: Seconds per event after which a rival is given up that drains.
PATIENCE = 0.4
#: Seconds that a rival has to catch up when the events have ended; what has not
#: arrived by then counts as infinitely late.
CATCH_UP = 20.0

DRAIN_HEADS = (
    "drained",
    "partners",
    "events/s",
    "processes ms/event",
    "store ms/event",
    "both",
    "processes MiB",
    "store MiB",
    "others",
)
STEADY_HEADS = (
    "steady",
    "partners",
    "rate",
    "processes ms/event",
    "store ms/event",
    "both",
    "p50 ms",
    "p99 ms",
    "arrived",
    "others",
)


@dataclass(frozen=True, slots=True)
class Drain:
    """A backlog, from before its first event to its last link or notification."""

    rival: str
    delay_ms: int
    events: int
    seconds: float
    usage: Usage

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.rival,
            f"{self.delay_ms} ms",
            f"{self.events / self.seconds:.0f}",
            *_cpu(self.usage, self.events),
            f"{self.usage.processes_mib:.0f}",
            f"{self.usage.store_mib:.0f}",
            f"{self.usage.others:.0%}",
        )


@dataclass(frozen=True, slots=True)
class Steady:
    """Single orders; from publishing to the notification's arrival.

    A percentile is None when the notification at that rank never arrived.
    """

    rival: str
    delay_ms: int
    rate: int
    events: int
    arrived: int
    p50_ms: float | None
    p99_ms: float | None
    usage: Usage

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.rival,
            f"{self.delay_ms} ms",
            f"{self.rate}/s",
            *_cpu(self.usage, self.arrived or 1),
            *(_milliseconds(each) for each in (self.p50_ms, self.p99_ms)),
            f"{self.arrived} of {self.events}",
            f"{self.usage.others:.0%}",
        )


def drain(rival: Rival, delay_ms: int, events: int) -> Drain:
    """Measure one rival once.

    Raises:
        RuntimeError: it did not start, did not finish, or did something wrong.
    """
    with stage(rival, delay_ms / 1_000) as ready:
        orders = feed.numbers(0, events)
        meter = _meter(ready)
        began = time.time()
        ready.publisher.burst(orders)
        patience = 60.0 + PATIENCE * events
        if not ready.served(orders, patience, ready.check_running):
            raise RuntimeError(f"not all was served in time:\n{ready.fleet.logs()}")
        seconds = ready.standins.last_call(orders) - began
        return Drain(rival.name, delay_ms, events, seconds, meter.read())


def steady(rival: Rival, delay_ms: int, rate: int, seconds: float) -> Steady:
    """Measure one rival at one pace.

    Raises:
        RuntimeError: it did not start, or did something wrong.
    """
    with stage(rival, delay_ms / 1_000) as ready:
        orders = feed.numbers(0, round(rate * seconds))
        meter = _meter(ready)
        ready.publisher.steady(orders, rate)
        ready.served(orders, CATCH_UP, ready.check_running)
        usage = meter.read()
        late = _lateness(ready, orders)
    p50, p99 = (percentile(late, percent) for percent in (50, 99))
    return Steady(
        rival=rival.name,
        delay_ms=delay_ms,
        rate=rate,
        events=len(orders),
        arrived=sum(map(math.isfinite, late)),
        p50_ms=p50 if math.isfinite(p50) else None,
        p99_ms=p99 if math.isfinite(p99) else None,
        usage=usage,
    )


def _meter(ready: Stage) -> Meter:
    return Meter(ready.fleet.pids, ready.store.pid)


def _lateness(ready: Stage, orders: tuple[str, ...]) -> list[float]:
    # The stand-ins' monotonic clock is ours: both run on this machine.
    at = {order: one.at for order, one in ready.standins.arrivals().items()}
    sent = ready.publisher.sent
    return sorted(1_000 * (at.get(order, math.inf) - sent[order]) for order in orders)


def _cpu(usage: Usage, events: int) -> tuple[str, str, str]:
    processes = 1_000 * usage.processes / events
    store = 1_000 * usage.store / events
    return f"{processes:.2f}", f"{store:.2f}", f"{processes + store:.2f}"


def _milliseconds(found: float | None) -> str:
    return "falls behind" if found is None else f"{found:,.1f}"
