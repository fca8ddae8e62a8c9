"""What others feel of an endpoint that hangs."""

import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from benchmarks import feed
from benchmarks.contenders import RECEIVER, Contender, receiver_secret
from benchmarks.contenders import waybill_contender as one_endpoint
from benchmarks.options import Options
from benchmarks.percentile import percentile
from benchmarks.report import Report
from benchmarks.stage import WARM_UP, Stage, stage
from benchmarks.table import table
from sandbox.control.client import SandboxControl
from sandbox.http.fault import Fault

ENDPOINTS = tuple(f"receiver-{n:02}" for n in range(20))
HANGS = ENDPOINTS[0]
#: Where the orders begin of the phase in which it hangs; no order is in both.
SECOND = 400_000
#: Notifications per second, to all endpoints in turn.
RATE = 100
#: How long a receiver takes that does not hang, in milliseconds.
DELAYS_MS = (0, 100)
#: Seconds that the hanging one keeps silent: far beyond a call's deadline.
SILENCE = 300.0
#: Seconds that what is late has to arrive; what does not is infinitely late.
CATCH_UP = 20.0
HEADS = ("one endpoint", "the others", "p50 ms", "p95 ms", "p99 ms", "arrived")


@dataclass(frozen=True, slots=True)
class Bulkheads:
    """What nineteen endpoints feel, from XADD to arrival, in milliseconds.

    Attributes:
        hangs: whether the twentieth never answers.
        delay_ms: how long the others take to answer.
        events: notifications to the others; `arrived` so many of them.
        p95_change: how much longer the p95 is than without the one that hangs, as a
            share; None where that is this row itself.
    """

    hangs: bool
    delay_ms: int
    events: int
    arrived: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    p95_change: float | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        more = "" if self.p95_change is None else f" ({self.p95_change:+.1%})"
        return (
            "hangs" if self.hangs else "answers",
            f"answer in {self.delay_ms} ms",
            f"{self.p50_ms:,.1f}",
            f"{self.p95_ms:,.1f}{more}",
            f"{self.p99_ms:,.1f}",
            f"{self.arrived} of {self.events}",
        )


def twenty_endpoints(redis_url: str, partners_url: str) -> Contender:
    """The product with twenty endpoints more than the one that warms it up."""
    contender = one_endpoint(redis_url, partners_url)
    names = (RECEIVER, *ENDPOINTS)
    endpoints = {name: _endpoint(partners_url, name) for name in names}
    more = {"WAYBILL_INGRAM__ENDPOINTS": json.dumps(endpoints)}
    return replace(contender, environment={**contender.environment, **more})


def _endpoint(partners_url: str, name: str) -> Mapping[str, object]:
    url = f"{partners_url}/receivers/{name}"
    return {"mode": "direct", "target_url": url, "secrets": [receiver_secret()]}


def felt(delay_ms: int, seconds: float) -> tuple[Bulkheads, Bulkheads]:
    """Measure the same workers twice: while all answer, and while one hangs.

    Raises:
        RuntimeError: something did not start, or was not warm in time.
    """
    makers = {"waybill": twenty_endpoints}
    with stage("waybill", delay_ms / 1_000, makers) as ready:
        receivers = SandboxControl(ready.standins.url)
        _warm(receivers)
        calm = _phase(ready, receivers, feed.numbers(0, round(RATE * seconds)))
        fault = Fault.delay(SILENCE)
        receivers.faults.order(f"receiver.{HANGS}", fault, times=None)
        hung = _phase(ready, receivers, feed.numbers(SECOND, round(RATE * seconds)))
    before, after = _row(delay_ms, calm), _row(delay_ms, hung)
    change = after.p95_ms / before.p95_ms - 1
    return before, replace(after, hangs=True, p95_change=change)


def _phase(
    ready: Stage, receivers: SandboxControl, orders: tuple[str, ...]
) -> list[float]:
    """Feed steadily; the milliseconds of each notification to the others, ascending."""
    published = feed.steady(ready.stream, orders, RATE, _shipped)
    others = {n: at for n, at in published.items() if _endpoint_of(n) != HANGS}
    return _lateness(receivers, others)


def _row(delay_ms: int, late: list[float]) -> Bulkheads:
    p50, p95, p99 = (percentile(late, percent) for percent in (50, 95, 99))
    arrived = sum(map(math.isfinite, late))
    return Bulkheads(
        hangs=False,
        delay_ms=delay_ms,
        events=len(late),
        arrived=arrived,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
    )


def _endpoint_of(number: str) -> str:
    return ENDPOINTS[int(number) % len(ENDPOINTS)]


def _shipped(number: str) -> bytes:
    """An event that asks for one notification of one endpoint, and for nothing else."""
    endpoint = _endpoint_of(number)
    line = {"line_number": "10", "status": "SHI", "quantity": "1"}
    data = {"order_number": number, "endpoints": [endpoint], "lines": [line]}
    event = {
        "specversion": "1.0",
        "id": f"{number}:shipped",
        "source": "/erp/bench",
        "type": "order.status_changed",
        "time": datetime.now(UTC).isoformat(),
        "subject": number,
        "data": data,
    }
    return json.dumps(event, separators=(",", ":")).encode()


def _warm(receivers: SandboxControl) -> None:
    """Wait until all endpoints have their share of the warm-up."""
    ends = time.monotonic() + CATCH_UP
    while any(len(receivers.applied(name)) < WARM_UP for name in ENDPOINTS):
        if time.monotonic() > ends:
            raise RuntimeError("the warm-up did not reach every endpoint")
        time.sleep(0.1)


def _lateness(receivers: SandboxControl, sent: Mapping[str, float]) -> list[float]:
    """Wait for what is late; the milliseconds of each, ascending."""
    ends = time.monotonic() + CATCH_UP
    at: dict[str, float] = {}
    while not at.keys() >= sent.keys() and time.monotonic() < ends:
        time.sleep(0.5)
        at = dict(_arrivals(receivers))
    found = (
        1_000 * (at.get(order, math.inf) - moment) for order, moment in sent.items()
    )
    return sorted(found)


def _arrivals(receivers: SandboxControl) -> Iterator[tuple[str, float]]:
    # The stand-ins' monotonic clock is ours: both run on this machine.
    for name in ENDPOINTS:
        for one in receivers.deliveries(name):
            if one.accepted and not one.duplicate:
                yield one.order_number, one.at


def measure(size: Options, report: Report) -> None:
    """Measure with and without the one that hangs; print the table."""
    found: list[Bulkheads] = []
    for delay_ms in DELAYS_MS:
        report.progress(f"twenty endpoints: {RATE}/s, {delay_ms} ms …")
        found += felt(delay_ms, size.seconds)
        report.progress("   " + " · ".join(found[-1].cells))
    report.add("bulkheads", found, table(HEADS, [each.cells for each in found]))
