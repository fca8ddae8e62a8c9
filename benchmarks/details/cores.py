"""What a drained event costs each process: workers, Redis, the partners' stand-ins.

On few cores all three share what there is, so that a rate says little of any of them.
From CPU per event follows what each could do with cores of its own: Redis runs scripts
on one core, the stand-ins here are one process, workers are as many as there are cores.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import product

from benchmarks import feed
from benchmarks.contenders import Maker
from benchmarks.goals.drained import PATIENCE
from benchmarks.goals.in_flight import DELAY_MS, MAKERS, TIMES
from benchmarks.meter import Spent, spent
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.stage import stage
from benchmarks.table import table

HEADS = (
    "contender",
    "events/s",
    "worker ms/event",
    "Redis ms/event",
    "stand-ins ms/event",
    "events/s per core of workers",
    "of Redis at most",
    "orders/poll",
    "MiB",
    "others' cores",
)


@dataclass(frozen=True, slots=True)
class Cores:
    """One drained backlog.

    Attributes:
        worker_ms, redis_ms, standins_ms: CPU milliseconds per event.
        orders_per_poll: how many orders went into one call to Westcon.
        mebibytes: memory of the workers together, at the end.
        others: cores that processes of others used.
    """

    contender: str
    per_second: float
    worker_ms: float
    redis_ms: float
    standins_ms: float
    orders_per_poll: float
    mebibytes: float
    others: float

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.contender,
            f"{self.per_second:.0f}",
            f"{self.worker_ms:.2f}",
            f"{self.redis_ms:.2f}",
            f"{self.standins_ms:.2f}",
            f"{1_000 / self.worker_ms:.0f}",
            f"{1_000 / self.redis_ms:.0f}",
            f"{self.orders_per_poll:.1f}",
            f"{self.mebibytes:.0f}",
            f"{self.others:.2f}",
        )


def drained(who: str, events: int, makers: Mapping[str, Maker] = MAKERS) -> Cores:
    """Drain a backlog once; the partners take their time to answer.

    Raises:
        RuntimeError: not every event was served in time.
    """
    with stage(who, DELAY_MS / 1_000, makers) as ready:
        calls, standins = ready.standins.calls(), ready.standins.cpu_seconds()
        orders, before = feed.numbers(0, events), spent(ready)
        feed.burst(ready.stream, orders)
        if not ready.served(orders, seconds=60.0 + PATIENCE * events):
            raise RuntimeError(f"not every event was served in time:\n{ready.logs()}")
        cost = spent(ready).since(before)
        standins = ready.standins.cpu_seconds() - standins
        polls = ready.standins.calls_since(calls)["polls"]
        memory = sum(one.resident_bytes() for one in ready.workers)
        return _cores(who, events, cost, standins, events / polls, memory / (1 << 20))


def _cores(
    who: str,
    events: int,
    cost: Spent,
    standins: float,
    orders_per_poll: float,
    mebibytes: float,
) -> Cores:
    return Cores(
        contender=who,
        per_second=events / cost.seconds,
        worker_ms=1_000 * cost.worker / events,
        redis_ms=1_000 * cost.redis / events,
        standins_ms=1_000 * standins / events,
        orders_per_poll=orders_per_poll,
        mebibytes=mebibytes,
        others=cost.others,
    )


def measure(
    size: Options, report: Report, makers: Mapping[str, Maker] = MAKERS
) -> None:
    """Drain by turns with so many in flight and more; print the table of medians."""
    found: dict[str, list[Cores]] = {who: [] for who in makers}
    events = TIMES * size.events
    for _, who in product(range(size.rounds), makers):
        report.progress(f"{who}: {events} events, {DELAY_MS} ms …")
        found[who].append(drained(who, events, makers))
        report.progress("   " + " · ".join(found[who][-1].cells))
    medians = [_median(each) for each in found.values()]
    report.add("cores", medians, table(HEADS, [one.cells for one in medians]))


def _median(rounds: Sequence[Cores]) -> Cores:
    """Each figure's own median."""
    columns = zip(*(astuple(one)[1:] for one in rounds), strict=True)
    return Cores(rounds[0].contender, *map(statistics.median, columns))
