"""Calls to Westcon, against one for each order every five minutes."""

from collections.abc import Iterator, Sequence

from benchmarks.goals.goal import Goal
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.table import table
from benchmarks.watching import schedule
from benchmarks.watching.schedule import Cost

#: Times fewer calls than one for each order every five minutes.
GAIN = 50.0
#: How late a change is seen at most, by orders: median and 95th percentile, as a share
#: of the time for which the status before had stood. So it was at 27 and 59 times.
LATE = {100: (0.03860, 0.12949), 1_000: (0.03448, 0.10493)}


def goals(found: Sequence[Cost]) -> Iterator[Goal]:
    """Two goals for each number of orders: how few calls, and no later for it."""
    for cost in found:
        text = f"{cost.orders:,} orders"
        yield Goal(
            f"orderStatus calls fewer than every 5 minutes, {text}",
            f"{cost.calls:,}",
            f"{cost.calls * cost.gain:,.0f}",
            cost.gain,
            GAIN,
            least=True,
        )
        p50, p95 = LATE[cost.orders]
        yield Goal(
            f"change at Westcon to its sighting p50 / p95, of standstill, {text}",
            f"{cost.share_p50:.2%} / {cost.share_p95:.2%}",
            f"{p50:.2%} / {p95:.2%} with 27 and 59 x",
            max(cost.share_p50 / p50, cost.share_p95 / p95),
            1.0,
        )


def measure(_: Options, report: Report) -> None:
    """Watch the orders on a virtual clock; print the product's row of each number."""
    found = []
    for orders in LATE:
        report.progress(f"{orders:,} orders on a virtual clock …")
        found.append(schedule.costs(orders)[-1])
    printed = table(schedule.HEADS, [cost.cells for cost in found])
    report.add("calls", found, printed)
    report.judge(goals(found))
