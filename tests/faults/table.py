"""The table of what faults cost, from the lines that the tests have kept."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
#: Of each column besides, what is written in it.
COSTS = "lost / doubled / ambiguous"

NOT_RUN, NOT_TRIED = "not run", "not tried"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A fault that was not tried, and why."""

    test: str
    why: str

    @property
    def name(self) -> str:
        """The test's name without parameters."""
        return self.test.partition("[")[0]


@dataclass(frozen=True, slots=True)
class Column:
    """What one run has measured.

    Attributes:
        name: of what its ledger was on.
        where: the sentence that names when and on which machine.
        rows: what the faults cost, in the catalogue's order.
        skipped: what was not tried.
    """

    name: str
    where: str
    rows: tuple[Figures, ...]
    skipped: tuple[Skipped, ...] = ()

    def cost(self, like: Figures) -> str:
        """What it says of the fault of another column's row."""
        for row in self.rows:
            if (row.fault, row.what) == (like.fault, like.what):
                return " / ".join(
                    f"{n:,}" for n in (row.lost, row.doubled, row.ambiguous)
                )
        tests = {one.name for one in self.skipped}
        return NOT_TRIED if like.test in tests else NOT_RUN


def read(name: str, where: str, lines: Iterable[str]) -> Column:
    """The column of runs, from the lines that their tests have kept.

    Args:
        name: of what the ledger was on.
        where: when and on which machine, for lines that do not say so.
        lines: of one run, or as `replacing` makes them.
    """
    found = [json.loads(line) for line in dict.fromkeys(lines)]
    wheres = dict.fromkeys(one.pop("where", where) for one in found)
    rows = [Figures(**one) for one in found if "fault" in one]
    skipped = [Skipped(**one) for one in found if "why" in one]
    said = " ".join(wheres) or f"{NOT_RUN}."
    return Column(name, said, tuple(sorted(rows, key=_place)), tuple(skipped))


def replacing(before: Iterable[str], lines: Iterable[str], where: str) -> Iterator[str]:
    """Lines of earlier runs with a run's own in their place.

    Args:
        before: of earlier runs.
        lines: of the run.
        where: when and on which machine it was.
    """
    fresh = [json.loads(line) | {"where": where} for line in dict.fromkeys(lines)]
    tried = {one["test"] for one in fresh}
    yield from (line for line in before if json.loads(line)["test"] not in tried)
    yield from map(json.dumps, fresh)


def _place(row: Figures) -> tuple[str, int, str]:
    number = "".join(letter for letter in row.fault if letter.isdigit())
    return row.fault[:1], int(number or 0), row.fault


def written(first: Column, *others: Column) -> str:
    """Markdown, with its markers; what only another run has stands there too."""
    names = tuple(f"{one.name}: {COSTS}" for one in others)
    heads = (*HEADS, *names)
    known = {(row.fault, row.what) for row in first.rows}
    more = {(row.fault, row.what): row for one in others for row in one.rows}
    lines = [(row, _cells(row)) for row in first.rows]
    empty = ("", "", "", *[NOT_RUN] * 3, "")
    lines += [(r, (r.fault, r.what, *empty)) for k, r in more.items() if k not in known]
    lines.sort(key=lambda line: _place(line[0]))
    table = [_line(heads), _line(["---"] * len(heads))]
    table += [_line((*cells, *(o.cost(row) for o in others))) for row, cells in lines]
    wheres = [first.where, *(f"{one.name}: {one.where}" for one in others)]
    left = list(_left(first, others))
    said = "\n\n".join(wheres)
    return "\n".join([BEGIN, said, "", *table, *(["", *left] if left else []), END])


def _left(first: Column, others: Sequence[Column]) -> Iterator[str]:
    """What was not tried: of the first column each run, of the others each test."""
    for one in first.skipped:
        yield f"- {NOT_TRIED}: `{one.test}`, {one.why}"
    named: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for column in others:
        for test, why in dict.fromkeys((one.name, one.why) for one in column.skipped):
            named[test, why].append(column.name)
    for (test, why), names in named.items():
        yield f"- {NOT_TRIED} ({', '.join(names)}): `{test}`, {why}"


def _cells(row: Figures) -> tuple[str, ...]:
    recovered = "" if row.recovered is None else f"{row.recovered:.1f}"
    counts = (row.events, row.kills, row.in_calls)
    costs = (row.lost, row.doubled, row.ambiguous)
    numbers = [f"{number:,}" for number in (*counts, *costs)]
    what = f"{row.what}; {row.note}" if row.note else row.what
    return (row.fault, what, *numbers, recovered)


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
