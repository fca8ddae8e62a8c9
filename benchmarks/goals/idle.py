"""What a worker costs that has nothing to do."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks.contenders import WAYBILL, Contender, waybill_contender
from benchmarks.goals.goal import Goal
from benchmarks.goals.monitor import recording
from benchmarks.meter import spent
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.stage import stage
from benchmarks.table import table

#: Seconds between the last order and the measurement.
REST = 10.0
#: Seconds that are measured for each that a steady rate is kept up.
TIMES = 3
#: Commands per second, inside scripts and out, and the share of a core.
COMMANDS, CORE = 5.0, 0.002
HEADS = (
    "seconds",
    "sent by clients/s",
    "in scripts/s",
    "commands/s",
    "of a core",
    "Redis, of a core",
    "MiB",
)


@dataclass(frozen=True, slots=True)
class Idle:
    """One worker at rest.

    Attributes:
        seconds: that it was looked at.
        sent: commands of its clients per second; `inside` those of its scripts.
        core: share of a core that it used; `redis_core` that Redis used.
        mebibytes: of its memory.
        by_name: commands per second, each by its name.
    """

    seconds: float
    sent: float
    inside: float
    core: float
    redis_core: float
    mebibytes: float
    by_name: dict[str, float]

    @property
    def commands(self) -> float:
        return self.sent + self.inside

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            f"{self.seconds:.0f}",
            f"{self.sent:.1f}",
            f"{self.inside:.1f}",
            f"{self.commands:.1f}",
            f"{self.core:.2%}",
            f"{self.redis_core:.2%}",
            f"{self.mebibytes:.0f}",
        )


def one_worker(redis_url: str, partners_url: str) -> Contender:
    """The product with one process."""
    whole = waybill_contender(redis_url, partners_url)
    return replace(whole, workers=whole.workers[:1])


def idle(seconds: float, rest: float) -> Idle:
    """Let one worker finish its warm-up, rest, and look at it.

    Raises:
        RuntimeError: it did not start.
    """
    with stage(WAYBILL, 0.0, {WAYBILL: one_worker}) as ready:
        time.sleep(rest)
        before = spent(ready)
        with recording(ready.stream) as record:
            time.sleep(seconds)
        cost, ran = spent(ready).since(before), record.commands()
        names = {f"sent: {name}": n for name, n in ran.outside.items()}
        names |= {f"in scripts: {name}": n for name, n in ran.inside.items()}
        return Idle(
            seconds=cost.seconds,
            sent=ran.outside.total() / seconds,
            inside=ran.inside.total() / seconds,
            core=cost.worker / cost.seconds,
            redis_core=cost.redis / cost.seconds,
            mebibytes=ready.workers[0].resident_bytes() / 2**20,
            by_name={name: n / seconds for name, n in sorted(names.items())},
        )


def goals(found: Idle) -> Iterator[Goal]:
    """Commands and CPU."""
    commands, share = found.commands, 100 * found.core
    what = "idle, per worker"
    yield Goal(
        f"{what}, commands inside and out", "", "", commands, COMMANDS, "per second"
    )
    yield Goal(f"{what}, CPU", "", "", share, 100 * CORE, "% of a core")


def measure(size: Options, report: Report) -> None:
    """Look at a worker that rests; print the table."""
    seconds = TIMES * size.seconds
    report.progress(f"waybill: idle for {seconds:.0f} seconds …")
    found = idle(seconds, 3.0 if size.quick else REST)
    report.add("idle", [found], table(HEADS, [found.cells]))
    report.judge(goals(found))
