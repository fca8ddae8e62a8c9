"""What results cost: Redis' memory for each, and CPU and rate with and without."""

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import redis

from benchmarks import feed
from benchmarks.contenders import Contender, waybill_contender
from benchmarks.goals.drained import PATIENCE
from benchmarks.goals.goal import Goal
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.stage import WARM_UP, Stage, stage
from benchmarks.table import table
from workers.ledger import keys
from workers.ledger.results.reader import ResultReader

#: More results than are ever made.
EVERY = 10_000_000

WITH, WITHOUT = "with results", "without"

#: The most of the throughput that results may take, as a share of that without.
SLOWER = 0.05
#: The same of the CPU that an event takes of workers and Redis: others' load blurs it
#: less than the rate.
MORE_CPU = 1.05
#: Bytes of Redis for each result beyond the JSON that a consumer reads.
MOST_BYTES = 150.0
HEADS = (
    "",
    "events/s",
    "worker ms/event",
    "Redis ms/event",
    "results",
    "bytes of JSON",
    "of them data",
    "bytes beyond the JSON",
)


def without(redis_url: str, partners_url: str) -> Contender:
    """The product, which tells the ERP nothing."""
    whole = waybill_contender(redis_url, partners_url)
    environment = {**whole.environment, "WAYBILL_RESULTS__TYPES": "[]"}
    return replace(whole, environment=environment)


MAKERS = {WITH: waybill_contender, WITHOUT: without}


@dataclass(frozen=True, slots=True)
class Cost:
    """One drained backlog.

    Attributes:
        worker_ms, redis_ms: CPU milliseconds per event.
        results: per event.
        json_bytes, data_bytes: of one result on average, and of its `data` alone.
        beyond_bytes: of the stream's memory per result, without its JSON.
    """

    who: str
    per_second: float
    worker_ms: float
    redis_ms: float
    results: float = 0.0
    json_bytes: float = 0.0
    data_bytes: float = 0.0
    beyond_bytes: float = 0.0

    @property
    def cells(self) -> tuple[str, ...]:
        sizes = (self.json_bytes, self.data_bytes, self.beyond_bytes)
        rest = (f"{self.results:.2f}", *(f"{one:.0f}" for one in sizes))
        rates = (f"{self.per_second:.0f}", f"{self.worker_ms:.2f}")
        return self.who, *rates, f"{self.redis_ms:.2f}", *rest


def cost(who: str, events: int) -> Cost:
    """Drain a backlog once.

    Raises:
        RuntimeError: not every event was served in time.
    """
    with stage(who, 0.0, MAKERS) as ready:
        worker, server = ready.worker_cpu_seconds(), _redis_cpu(ready.stream)
        orders, began = feed.numbers(0, events), time.time()
        feed.burst(ready.stream, orders)
        if not ready.served(orders, seconds=60.0 + PATIENCE * events):
            raise RuntimeError(f"not every event was served in time:\n{ready.logs()}")
        seconds = ready.standins.last_call(orders) - began
        found = Cost(
            who,
            events / seconds,
            1_000 * (ready.worker_cpu_seconds() - worker) / events,
            1_000 * (_redis_cpu(ready.stream) - server) / events,
        )
        return _weighed(found, ready, events)


def _weighed(found: Cost, ready: Stage, events: int) -> Cost:
    reader = ResultReader(ready.stream)
    bodies = [one.body for one in reader.after(reader.beginning(), EVERY)[0]]
    if not bodies:
        return found
    held = ready.stream.memory_usage(keys.results(keys.prefix(0)), samples=0) or 0
    size = statistics.fmean(map(len, bodies))
    return replace(
        found,
        # Those of the warm-up are among them.
        results=len(bodies) / (events + WARM_UP),
        json_bytes=size,
        data_bytes=statistics.fmean(map(_data_bytes, bodies)),
        beyond_bytes=held / len(bodies) - size,
    )


def _data_bytes(body: bytes) -> int:
    data = json.loads(body)["data"]
    return len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())


def _redis_cpu(client: "redis.Redis") -> float:
    found = client.info("cpu")
    return float(found["used_cpu_user"]) + float(found["used_cpu_sys"])


def measure(size: Options, report: Report) -> None:
    """Drain by turns with and without; print the table of medians."""
    costs: dict[str, list[Cost]] = {}
    for _, who in product(range(size.rounds), (WITHOUT, WITH)):
        report.progress(f"{size.events} events, {who} …")
        costs.setdefault(who, []).append(cost(who, size.events))
        report.progress("   " + " · ".join(costs[who][-1].cells))
    found = [_median(each) for each in costs.values()]
    report.add("results", found, table(HEADS, [one.cells for one in found]))
    report.judge(goals(found))


def goals(found: Sequence[Cost]) -> Iterator[Goal]:
    """What results take of the rate, and of Redis' memory."""
    by = {one.who: one for one in found}
    slower = by[WITHOUT].per_second / by[WITH].per_second
    ours, theirs = (f"{by[who].per_second:.0f}/s" for who in (WITH, WITHOUT))
    bound = 1 / (1 - SLOWER)
    yield Goal("events drained, with results and without", ours, theirs, slower, bound)
    cpu = [by[who].worker_ms + by[who].redis_ms for who in (WITH, WITHOUT)]
    ours, theirs = (f"{one:.2f} ms" for one in cpu)
    what = "CPU per event of workers and Redis, with results and without"
    yield Goal(what, ours, theirs, cpu[0] / cpu[1], MORE_CPU)
    what = "bytes of Redis per result beyond its JSON"
    yield Goal(what, "", "", by[WITH].beyond_bytes, MOST_BYTES, "B")


def _median(costs: Sequence[Cost]) -> Cost:
    return sorted(costs, key=lambda one: one.per_second)[len(costs) // 2]
