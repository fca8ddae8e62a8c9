"""What a worker costs with 10,000 endpoints, and with a backlog of 200,000 events."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import feed
from benchmarks.contenders import RECEIVER, WAYBILL, Contender, receiver_secret
from benchmarks.goals.goal import Goal
from benchmarks.goals.idle import one_worker
from benchmarks.goals.phase import fed
from benchmarks.meter import spent
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.stage import Stage, stage
from benchmarks.table import table

FEW, MANY, QUICK_MANY = 10, 10_000, 1_000
BACKLOG, QUICK_BACKLOG = 200_000, 20_000
#: Events per second where it is steady.
RATE = 50
#: Seconds between the warm-up and the first measurement, and of a long backlog before
#: it is measured.
REST, QUICK_REST = 5.0, 1.0
#: More than with few endpoints and no backlog that is put down to the measurement.
SLACK = 1.1
MEBIBYTE = 1 << 20
HEADS = (
    "endpoints",
    "backlog",
    "idle, of a core",
    "worker ms/event at 50/s",
    "drained ms/event",
    "MiB idle",
    "MiB at work",
)


@dataclass(frozen=True, slots=True)
class Extreme:
    """One worker in one case; None is what the case does not measure.

    Attributes:
        endpoints: of its settings, of which every order names one.
        backlog: events in the stream when the measurement begins.
        idle_core: share of a core while there is nothing to do.
        steady_ms: its CPU milliseconds per event at a steady rate; `drained_ms` those
            of a backlog.
        idle_mebibytes: of its memory before the events; `mebibytes` at most, after or
            while they were worked on.
    """

    endpoints: int
    backlog: int
    idle_core: float | None
    steady_ms: float | None
    drained_ms: float
    idle_mebibytes: float
    mebibytes: float

    @property
    def cells(self) -> tuple[str, ...]:
        core, steady = self.idle_core, self.steady_ms
        return (
            f"{self.endpoints:,}",
            f"{self.backlog:,}",
            "" if core is None else f"{core:.2%}",
            "" if steady is None else f"{steady:.2f}",
            f"{self.drained_ms:.2f}",
            f"{self.idle_mebibytes:.0f}",
            f"{self.mebibytes:.0f}",
        )


placed: Callable[[str], bytes] = partial(feed.placed, endpoints=(RECEIVER,))


def with_endpoints(
    redis_url: str, partners_url: str, count: int, folder: Path
) -> Contender:
    """One worker that knows so many endpoints, from a file: no variable holds them."""
    file = folder / "waybill.toml"
    names = (RECEIVER, *(f"receiver-{n:05}" for n in range(1, count)))
    file.write_text("\n".join(_toml(partners_url, names)))
    whole = one_worker(redis_url, partners_url)
    kept = {n: v for n, v in whole.environment.items() if "ENDPOINTS" not in n}
    return replace(whole, environment={**kept, "WAYBILL_CONFIG": str(file)})


def _toml(partners_url: str, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield f"[ingram.endpoints.{name}]"
        yield 'mode = "direct"'
        yield f"target_url = {json.dumps(f'{partners_url}/receivers/{name}')}"
        yield f"secrets = [{json.dumps(receiver_secret())}]"


@contextmanager
def _at_work(endpoints: int, rest: float) -> Iterator[Stage]:
    with ExitStack() as things:
        folder = Path(things.enter_context(TemporaryDirectory("-extreme")))
        maker = partial(with_endpoints, count=endpoints, folder=folder)
        ready = things.enter_context(stage(WAYBILL, 0.0, {WAYBILL: maker}, placed))
        time.sleep(rest)
        yield ready


def at_rest_and_at_work(
    endpoints: int, events: int, seconds: float, rest: float
) -> Extreme:
    """Nothing to do, then a steady rate, then a small backlog.

    Args:
        endpoints: of the settings; every order names one.
        events: of the backlog.
        seconds: of each of the two others.
        rest: seconds between the warm-up and the first measurement.

    Raises:
        RuntimeError: it did not start, or not every event was served.
    """
    with _at_work(endpoints, rest) as ready:
        before, resting = spent(ready), _mebibytes(ready)
        time.sleep(seconds)
        idle = spent(ready).since(before)
        orders = feed.numbers(0, round(RATE * seconds))
        _, steady = fed(ready, orders, RATE, placed)
        return Extreme(
            endpoints=endpoints,
            backlog=0,
            idle_core=idle.worker / idle.seconds,
            steady_ms=1_000 * steady.worker / len(orders),
            drained_ms=_drained(ready, events),
            idle_mebibytes=resting,
            mebibytes=_mebibytes(ready),
        )


def _drained(ready: Stage, events: int) -> float:
    orders, before = feed.numbers(100_000, events), spent(ready)
    feed.burst(ready.stream, orders, placed)
    if not ready.served(orders, 60.0 + 0.1 * events):
        raise RuntimeError(f"not every event was served:\n{ready.logs()}")
    return 1_000 * spent(ready).since(before).worker / events


def behind(backlog: int, seconds: float, rest: float) -> Extreme:
    """A backlog that is longer than the time in which it is looked at."""
    with _at_work(FEW, rest) as ready:
        resting = most = _mebibytes(ready)
        feed.burst(ready.stream, feed.numbers(200_000, backlog), placed)
        # What has been read and not sent yet costs too; soon it is as much all along.
        time.sleep(rest)
        calls, before = ready.standins.calls(), spent(ready)
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            time.sleep(0.5)
            most = max(most, _mebibytes(ready))
        cost = spent(ready).since(before)
        served = ready.standins.calls_since(calls)["notifications"]
        return Extreme(
            endpoints=FEW,
            backlog=backlog,
            idle_core=None,
            steady_ms=None,
            drained_ms=1_000 * cost.worker / max(1, served),
            idle_mebibytes=resting,
            mebibytes=most,
        )


def _mebibytes(ready: Stage) -> float:
    return sum(worker.resident_bytes() for worker in ready.workers) / MEBIBYTE


def goals(few: Extreme, many: Extreme, long: Extreme) -> Iterator[Goal]:
    """Both extremes beside a worker with few endpoints and no backlog."""
    rows = (
        (many, "idle_core", "idle CPU", "{:.3%}"),
        (many, "steady_ms", f"worker CPU per event at {RATE}/s", "{:.2f} ms"),
        (many, "mebibytes", "memory", "{:.0f} MiB"),
        (long, "drained_ms", "worker CPU per event, drained", "{:.2f} ms"),
        (long, "mebibytes", "memory", "{:.0f} MiB"),
    )
    for case, field, what, shape in rows:
        found, beside = getattr(case, field), getattr(few, field)
        where = f"{case.endpoints:,} endpoints"
        if case.backlog:
            where = f"a backlog of {case.backlog:,}"
        yield Goal(
            f"{where}: {what}",
            shape.format(found),
            f"{shape.format(beside)} without",
            found / beside,
            SLACK,
        )


def measure(size: Options, report: Report) -> None:
    """Measure few endpoints, many, and a backlog; print the table."""
    many = QUICK_MANY if size.quick else MANY
    backlog = QUICK_BACKLOG if size.quick else BACKLOG
    rest = QUICK_REST if size.quick else REST
    found = []
    for endpoints in (FEW, many):
        report.progress(f"waybill: {endpoints:,} endpoints …")
        found.append(at_rest_and_at_work(endpoints, size.events, size.seconds, rest))
        report.progress("   " + " · ".join(found[-1].cells))
    report.progress(f"waybill: a backlog of {backlog:,} events …")
    found.append(behind(backlog, size.seconds, rest))
    report.progress("   " + " · ".join(found[-1].cells))
    report.add("extremes", found, table(HEADS, [each.cells for each in found]))
    few, more, long = found
    report.judge(goals(few, more, long))
