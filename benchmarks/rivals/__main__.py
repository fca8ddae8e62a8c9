"""All rivals in one run: `python -m benchmarks.rivals`."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.machine import this_machine
from benchmarks.report import Report
from benchmarks.rivals.install import NotInstalled, install, versions
from benchmarks.rivals.kills import HEADS as KILL_HEADS
from benchmarks.rivals.kills import Kills, under_kills
from benchmarks.rivals.roster import RIVALS, Rival, named
from benchmarks.rivals.steady import (
    DELAYS_MS,
    DRAIN_HEADS,
    RATES,
    STEADY_HEADS,
    Drain,
    Steady,
    drain,
    steady,
)
from benchmarks.run import TERMINATED
from benchmarks.table import table

Figure = Drain | Steady | Kills
PARTS = ("drained", "steady", "kills")
ROSTER_HEADS = ("rival", "version", "store", "promise")


@dataclass(frozen=True, slots=True)
class Entrant:
    """One line of the table of who was measured; or why not."""

    rival: str
    version: str
    store: str
    promise: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.rival, self.version, self.store, self.promise)


def main(arguments: Sequence[str] | None = None) -> None:
    """Install, measure and print what the command line asks for."""
    given = _given(arguments)
    rivals = named(given.only)
    report = Report(this_machine(), given.json)
    there = _installed(rivals, report)
    events, seconds = (200, 3.0) if given.quick else (2_000, 20.0)
    if "drained" in given.part:
        _drained(there, given.events or events, report)
    if "steady" in given.part:
        _steady(there, given.seconds or seconds, report)
    if "kills" in given.part:
        _kills(there, 5.0 if given.quick else 30.0, report)


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="rivals", description="Waybill beside what a user might pick instead."
    )
    add = parser.add_argument
    names = ", ".join(rival.name for rival in RIVALS)
    add(
        "--only",
        action="append",
        default=[],
        metavar="PART",
        help=f"only rivals whose name has this part: {names}",
    )
    add("--part", action="append", choices=PARTS, help="only this measurement")
    add("--quick", action="store_true", help="200 events, 3 seconds, 5 kills")
    add("--events", type=int, help="events to drain (2000)")
    add("--seconds", type=float, help="length of a steady rate (20)")
    add("--json", type=Path, metavar="FILE", help="write the figures")
    given = parser.parse_args(arguments)
    given.part = given.part or PARTS
    if not named(given.only):
        parser.error(f"--only: there are {names}")
    return given


def _installed(rivals: Sequence[Rival], report: Report) -> list[Rival]:
    """Those that can be measured; the table states of the others why not."""
    there, entrants = [], []
    for rival in rivals:
        try:
            install(rival, report.progress)
            version = versions(rival)
        except NotInstalled as error:
            report.progress(f"{rival.name} is skipped: {error}")
            version = f"not installed: {error}"
        else:
            there.append(rival)
        store = rival.store.value
        entrants.append(Entrant(rival.name, version, store, rival.promise))
    report.add("rivals", entrants, table(ROSTER_HEADS, [e.cells for e in entrants]))
    return there


def _drained(rivals: Sequence[Rival], events: int, report: Report) -> None:
    cases = [
        (
            f"{rival.name}: {events} events, {delay_ms} ms",
            partial(drain, rival, delay_ms),
        )
        for delay_ms in DELAYS_MS
        for rival in rivals
    ]
    _measure(
        "drained", DRAIN_HEADS, [(w, partial(m, events)) for w, m in cases], report
    )


def _steady(rivals: Sequence[Rival], seconds: float, report: Report) -> None:
    cases = [
        (f"{rival.name}: {rate}/s", partial(steady, rival, 0, rate, seconds))
        for rate in RATES
        for rival in rivals
    ]
    _measure("steady", STEADY_HEADS, cases, report)


def _kills(rivals: Sequence[Rival], seconds: float, report: Report) -> None:
    cases = [
        (
            f"{rival.name}: kills for {seconds:.0f} s",
            partial(under_kills, rival, seconds),
        )
        for rival in rivals
    ]
    _measure("kills", KILL_HEADS, cases, report)


def _measure(
    name: str,
    heads: Sequence[str],
    cases: Sequence[tuple[str, Callable[[], Figure]]],
    report: Report,
) -> None:
    """Measure one case after another; one that fails is named below the table."""
    found: list[Figure] = []
    failed: list[str] = []
    for what, measure in cases:
        report.progress(f"{what} …")
        try:
            found.append(measure())
        except RuntimeError as error:
            report.progress(f"   failed: {error}")
            failed.append(f"failed: {what}: {str(error).splitlines()[0]}")
        else:
            report.progress("   " + " · ".join(found[-1].cells))
    rows = table(heads, [each.cells for each in found])
    report.add(name, found, "\n".join((rows, *failed)))


if __name__ == "__main__":
    # By default SIGTERM would leave workers, servers and their files behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    main()
