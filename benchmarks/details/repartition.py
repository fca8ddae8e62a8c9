"""What it costs to move watched orders into eight partitions, and to look at all."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis

from benchmarks import redis_server
from benchmarks.details import watches
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.table import table
from workers.ledger.layout.layout import Layout, decision, follow, unmoved
from workers.ledger.layout.parcels import Parcels
from workers.ledger.layout.stages import moving, widened
from workers.ledger.repartition.checks import Checks
from workers.ledger.repartition.passage import Passage
from workers.ledger.scripts import Scripts

#: Partitions before and after.
BEFORE, AFTER = 1, 8

ORDERS, QUICK = 50_000, 2_000

BATCH = 10_000

#: Seconds until the next look.
PAUSES = (3600.0, 21_600.0)

HEADS = ("what", "µs of Redis' CPU each", "each second")


@dataclass(frozen=True, slots=True)
class Cost:
    """One step, for one order.

    Attributes:
        what: the step.
        micros: of Redis' CPU.
        rate: orders a second, one after the other.
    """

    what: str
    micros: float
    rate: float

    def cells(self) -> tuple[str, ...]:
        return (self.what, f"{self.micros:.0f}", f"{self.rate:,.0f}")


def measure(options: Options, report: Report) -> None:
    """Fill a ledger, move its orders, and look at all of them."""
    orders = QUICK if options.quick else ORDERS
    with (
        tempfile.TemporaryDirectory() as folder,
        redis_server.serving(Path(folder)) as url,
    ):
        client = redis.Redis.from_url(url)
        full = watches.ledger(client)
        costs = [
            _cost(
                client, "placed and looked at once", orders, lambda: _fill(full, orders)
            )
        ]
        size = client.info("memory")["used_memory"] / orders
        layout, scripts = _moving(client), Scripts(client)
        passage = Passage(
            client, Parcels(scripts, ("westcon",), 200), layout, lambda *_: None
        )
        costs.append(_cost(client, "moved", orders, passage.all_home))
        checks = Checks(client, layout, lambda _: None)
        costs.append(_cost(client, "verified", orders, checks.all))
        client.close()
    title = f"{orders:,} watched orders of {size:.0f} bytes"
    printed = table(HEADS, [one.cells() for one in costs])
    report.add("repartition", costs, f"{title}\n\n{printed}")


def _fill(into: watches.Ledger, orders: int) -> None:
    for batch in watches.batches(orders, BATCH):
        watches.fill(into, batch, PAUSES, timeline=True)


def _moving(client: "redis.Redis") -> Layout:
    """A ledger whose orders are to go into more partitions; nobody else is there."""
    scripts, before = Scripts(client), unmoved(BEFORE)
    wider = widened(before, AFTER)
    layout = moving(wider, 0)
    scripts.run_all([decision(before, wider), decision(wider, layout)])
    follow(scripts, layout)
    return layout


def _cost(
    client: "redis.Redis", what: str, orders: int, act: Callable[[], object]
) -> Cost:
    before, began = _cpu(client), time.perf_counter()
    act()
    took = time.perf_counter() - began
    used = (_cpu(client) - before) * 1e6
    return Cost(what, used / orders, orders / took)


def _cpu(client: "redis.Redis") -> float:
    """Seconds of CPU that Redis has used, which no other process slows down."""
    found = client.info("cpu")
    return float(found["used_cpu_user"]) + float(found["used_cpu_sys"])
