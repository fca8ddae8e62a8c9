"""What Redis is asked to do for one event at a steady rate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha1
from importlib import resources

from benchmarks import feed
from benchmarks.contenders import WAYBILL
from benchmarks.goals.goal import Goal
from benchmarks.goals.monitor import Commands, recording
from benchmarks.goals.phase import fed
from benchmarks.meter import Spent
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.stage import stage
from benchmarks.table import table
from workers.ledger import scripts

#: Events per second, and for how many seconds: MONITOR shows some hundred for each.
RATE = 50
SECONDS = 6.0
#: The most per event: scripts, hints, commands inside and out, bytes of the AOF.
SCRIPTS, HINTS, COMMANDS, AOF = 4.0, 1.5, 60.0, 6_000.0
HEADS = (
    "contender",
    "scripts",
    "hints",
    "task events",
    "sent by clients",
    "in scripts",
    "commands",
    "AOF bytes",
)


@dataclass(frozen=True, slots=True)
class PerEvent:
    """What Redis does for one event, with all that it does besides in that time.

    Attributes:
        scripts: runs of scripts; `hints` messages of Celery; `task_events` published.
        sent: commands of clients, those that run a script among them; `inside` those
            that scripts ran. The XADD of the event itself is left out.
        aof_bytes: that the append-only file grew by.
        by_name: the commands of clients and of scripts, each with its name.
    """

    contender: str
    rate: int
    scripts: float
    hints: float
    task_events: float
    sent: float
    inside: float
    aof_bytes: float
    by_name: dict[str, float]

    @property
    def commands(self) -> float:
        return self.sent + self.inside

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.contender,
            f"{self.scripts:.1f}",
            f"{self.hints:.1f}",
            f"{self.task_events:.1f}",
            f"{self.sent:.0f}",
            f"{self.inside:.0f}",
            f"{self.commands:.0f}",
            f"{self.aof_bytes:,.0f}",
        )


def per_event(contender: str, rate: int, seconds: float) -> PerEvent:
    """Count what one contender has Redis do, partners at once.

    Raises:
        RuntimeError: it did not start, or did something wrong.
    """
    with stage(contender, 0.0) as ready:
        orders = feed.numbers(0, round(rate * seconds))
        with recording(ready.stream) as record:
            _, cost = fed(ready, orders, rate)
        return counted(contender, rate, len(orders), record.commands(), cost)


def counted(
    contender: str, rate: int, events: int, ran: Commands, cost: Spent
) -> PerEvent:
    """Divide by the events."""
    names = {f"sent: {name}": n for name, n in ran.outside.items()}
    names |= {f"in scripts: {name}": n for name, n in ran.inside.items()}
    known = script_names()
    names |= {f"script: {known.get(one, one)}": n for one, n in ran.scripts.items()}
    return PerEvent(
        contender=contender,
        rate=rate,
        scripts=ran.ran / events,
        hints=ran.hints / events,
        task_events=ran.outside["PUBLISH"] / events,
        sent=ran.outside.total() / events,
        inside=ran.inside.total() / events,
        aof_bytes=cost.aof / events,
        by_name={name: n / events for name, n in sorted(names.items())},
    )


def script_names() -> dict[str, str]:
    """The product's scripts, by digest."""
    files = (resources.files("workers.ledger") / "scripts").iterdir()
    names = [one.name.removesuffix(".lua") for one in files]
    return {sha1(scripts.source(name).encode()).hexdigest(): name for name in names}  # noqa: S324 (Redis' own name of a script)


def goals(found: Sequence[PerEvent]) -> Iterator[Goal]:
    """Four bounds for ours; the textbook's figures stand beside them."""
    for ours in found:
        if ours.contender == WAYBILL:
            rest = [one for one in found if one.contender != WAYBILL]
            yield from _goals(ours, rest[0] if rest else None)


def _goals(ours: PerEvent, theirs: PerEvent | None) -> Iterator[Goal]:
    bounds = (
        ("scripts", "scripts", SCRIPTS, ""),
        ("hints", "hints", HINTS, ""),
        ("commands", "commands inside and out", COMMANDS, ""),
        ("aof_bytes", "AOF bytes", AOF, "B"),
    )
    for name, what, bound, unit in bounds:
        figure: float = getattr(ours, name)
        other = "" if theirs is None else f"{getattr(theirs, name):,.1f}"
        text = f"{what} per event, {ours.rate}/s"
        yield Goal(text, f"{figure:,.1f}", other, figure, bound, unit)


def measure(size: Options, report: Report) -> None:
    """Count for each contender; print the table."""
    found = []
    for contender in (WAYBILL,) if size.quick else size.contenders:
        report.progress(f"{contender}: commands at {RATE}/s …")
        found.append(per_event(contender, RATE, min(size.seconds, SECONDS)))
        report.progress("   " + " · ".join(found[-1].cells))
    report.add("commands", found, table(HEADS, [one.cells for one in found]))
    report.judge(goals(found))
