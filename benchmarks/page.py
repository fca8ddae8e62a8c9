"""Tables of docs/performance.md, made of figures that runs have kept."""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.goals import commands, drained, extremes, idle, memory, overload, steady
from benchmarks.goals.goal import Goal
from benchmarks.processes import ROOT
from benchmarks.table import table

PAGE = ROOT / "docs" / "performance.md"
Figures = Mapping[str, Sequence[Mapping[str, Any]]]

#: Markers of the page -> the name in the file, the heads, and what makes a row.
TABLES: Mapping[str, tuple[str, Sequence[str], Callable[..., Any]]] = {
    "steady": ("steady", steady.HEADS, steady.Steady),
    "commands": ("commands", commands.HEADS, commands.PerEvent),
    "drained": ("throughput", drained.HEADS, drained.Drain),
    "in-flight": ("in flight", drained.HEADS, drained.Drain),
    "overload": ("overload", overload.HEADS, overload.Stretch),
    "idle": ("idle", idle.HEADS, idle.Idle),
    "extremes": ("extremes", extremes.HEADS, extremes.Extreme),
    "memory": ("memory", memory.HEADS, memory.Kept),
}
GOAL_HEADS = ("what", "before", "Waybill", "textbook", "found", "goal", "")


def merged(files: Iterable[Path]) -> dict[str, list[Mapping[str, Any]]]:
    """The figures of several runs, each of other parts; of one part the last counts."""
    found: dict[str, list[Mapping[str, Any]]] = {"goals": []}
    for file in files:
        figures = json.loads(file.read_text())
        found["goals"] += figures.pop("goals", [])
        found |= {n: each for n, each in figures.items() if isinstance(each, list)}
    return found


def goals(before: Figures, now: Figures) -> str:
    """What was found before beside all that is found now, in the order of a run."""
    was = {each["what"]: Goal(**each) for each in before.get("goals", ())}
    found = {each["what"]: Goal(**each) for each in now.get("goals", ())}
    rows = []
    for what in dict.fromkeys([*found, *was]):
        goal, old = found.get(what), was.get(what)
        shown = "" if old is None else old.shown
        if goal is not None:
            rows.append((what, shown, *goal.cells[1:]))
        elif old is not None:
            rows.append((what, shown, "", "", "", old.cells[4], "not measured again"))
    return table(GOAL_HEADS, rows)


def figures_table(name: str, before: Figures, now: Figures) -> str:
    """One table with the rows of before and of now; "" where there are none."""
    kept, heads, make = TABLES[name]
    rows = [
        (when, *make(**each).cells)
        for when, figures in (("before", before), ("now", now))
        for each in figures.get(kept, ())
    ]
    return table(("", *heads), rows) if rows else ""


def renewed(text: str, before: Figures, now: Figures) -> str:
    """The page with every table of which there are figures; the rest stays."""
    tables = {name: figures_table(name, before, now) for name in TABLES}
    for name, printed in {**tables, "goals": goals(before, now)}.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        head, mark, rest = text.partition(f"{begin}\n")
        if printed and mark:
            text = f"{head}{mark}{printed}\n{end}{rest.partition(end)[2]}"
    return text


def main(arguments: Sequence[str] | None = None) -> None:
    """Renew the page from files that `--json` wrote."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--before", nargs="*", type=Path, default=(), metavar="FILE")
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args(arguments)
    text = renewed(given.page.read_text(), merged(given.before), merged(given.files))
    given.page.write_text(text)


if __name__ == "__main__":
    main()
