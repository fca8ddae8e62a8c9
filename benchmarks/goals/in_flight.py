"""How fast a backlog is drained with more calls in flight per process."""

from collections.abc import Iterator, Sequence
from functools import partial

from benchmarks.contenders import Maker, waybill_contender
from benchmarks.goals.drained import HEADS, Drain, drain
from benchmarks.goals.goal import Goal
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.table import table

THREADS = (64, 128, 256)
#: How long a partner takes to answer, in milliseconds.
DELAY_MS = 100
#: Events for each that `--events` asks for: what is measured is to last some seconds.
TIMES = 3
#: Events per second, of the 640 that 2 x 64 threads allow, and with more of them.
AS_MANY, WITH_MORE = 600.0, 1_000.0


def name(threads: int) -> str:
    return f"waybill threads {threads}x2"


MAKERS: dict[str, Maker] = {
    name(threads): partial(waybill_contender, threads=threads) for threads in THREADS
}


def goals(found: Sequence[Drain]) -> Iterator[Goal]:
    """The least number of threads, and whatever is best."""
    rates = {one.contender: one.per_second for one in found}
    least, best = name(THREADS[0]), max(rates, key=lambda each: rates[each])
    cases = (
        ("as many threads", least, AS_MANY),
        ("more in flight per process", best, WITH_MORE),
    )
    for what, who, bound in cases:
        if who in rates:
            yield Goal(
                f"events/s drained, partners answer after {DELAY_MS} ms, {what}",
                f"{rates[who]:.0f} ({who.removeprefix('waybill ')})",
                "",
                rates[who],
                bound,
                "/s",
                least=True,
            )


def measure(size: Options, report: Report) -> None:
    """Drain with so many threads, then with more; print the table."""
    found = []
    for threads in THREADS[-1:] if size.quick else THREADS:
        who, events = name(threads), TIMES * size.events
        report.progress(f"{who}: {events} events, {DELAY_MS} ms …")
        found.append(drain(who, DELAY_MS, events, MAKERS))
        report.progress("   " + " · ".join(found[-1].cells))
    report.add("in flight", found, table(HEADS, [one.cells for one in found]))
    report.judge(goals(found))
