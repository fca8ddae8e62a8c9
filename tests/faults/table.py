"""The table of what faults cost, from the lines that the tests have kept."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.faults.figures import Figures

BEGIN, END = "<!-- faults:begin -->", "<!-- faults:end -->"

HEADS = (
    "fault",
    "what was done",
    "events",
    "kills",
    "in calls",
    "lost",
    "doubled",
    "ambiguous",
    "seconds to recover",
)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A fault that was not tried, and why."""

    test: str
    why: str


def read(lines: Iterable[str]) -> tuple[list[Figures], list[Skipped]]:
    """The rows in the catalogue's order, and what was skipped."""
    found = [json.loads(line) for line in lines]
    rows = [Figures(**one) for one in found if "fault" in one]
    skipped = [Skipped(**one) for one in found if "why" in one]
    return sorted(rows, key=_place), skipped


def _place(row: Figures) -> tuple[str, int, str]:
    number = "".join(letter for letter in row.fault if letter.isdigit())
    return row.fault[:1], int(number or 0), row.fault


def written(rows: Sequence[Figures], skipped: Sequence[Skipped], where: str) -> str:
    """Markdown, with its markers.

    Args:
        rows: what the faults cost.
        skipped: what was not tried.
        where: the sentence that names when and on which machine.
    """
    table = [_line(HEADS), _line(["---"] * len(HEADS)), *map(_row, rows)]
    left = [f"- not tried: `{one.test}`, {one.why}" for one in skipped]
    parts = [BEGIN, where, "", *table, *(["", *left] if left else []), END]
    return "\n".join(parts)


def _row(row: Figures) -> str:
    recovered = "" if row.recovered is None else f"{row.recovered:.1f}"
    counts = (row.events, row.kills, row.in_calls)
    costs = (row.lost, row.doubled, row.ambiguous)
    numbers = [f"{number:,}" for number in (*counts, *costs)]
    return _line([row.fault, row.what, *numbers, recovered])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def replaced(page: str, table: str) -> str:
    """The page with a new table between its markers.

    Raises:
        ValueError: the page has no markers.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page lacks the markers {BEGIN} and {END}")
    return before + table + after
