"""A goal, the figure that is held against it, and the table of all of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.table import table

HEADS = ("what", "Waybill", "textbook", "found", "goal", "")
TIMES = "x"


@dataclass(frozen=True, slots=True)
class Goal:
    """One row of the goals' table.

    Attributes:
        what: is measured.
        ours, theirs: the figures with their units, as they are printed; `ours` is empty
            where it is what is found, `theirs` where nothing is compared.
        found: what is held against `bound`: a ratio, or our figure itself. Infinite
            where there is none, since something fell behind.
        bound: the most that it may be, or the least where `least` is set.
        unit: of both.
    """

    what: str
    ours: str
    theirs: str
    found: float
    bound: float
    unit: str = TIMES
    least: bool = False

    @property
    def met(self) -> bool:
        return self.found >= self.bound if self.least else self.found <= self.bound

    @property
    def shown(self) -> str:
        """The figure with its unit."""
        return f"{number(self.found)} {self.unit}".strip()

    @property
    def cells(self) -> tuple[str, ...]:
        sign = "≥" if self.least else "≤"
        goal = f"{sign} {number(self.bound)} {self.unit}".strip()
        mark = "met" if self.met else "missed"
        return self.what, self.ours or self.shown, self.theirs, self.shown, goal, mark


def number(value: float) -> str:
    """Three digits that count; a whole number where there are more before the point."""
    if math.isinf(value):
        return "none"
    if abs(value) >= 100:  # noqa: PLR2004 (so many digits are before the point)
        return f"{value:,.0f}"
    return f"{value:.3g}"


def ratio(ours: float | None, theirs: float | None) -> float:
    """Ours as a multiple of theirs; None is what never came, and so infinite."""
    if ours is None:
        return math.inf
    if theirs is None:
        return 0.0
    return ours / theirs if theirs else math.inf


def page(goals: Sequence[Goal], before: Mapping[str, str]) -> str:
    """The table; with a column of what was found before, by `what`, if there is any."""
    if not before:
        return table(HEADS, [goal.cells for goal in goals])
    heads = (*HEADS[:3], "before", *HEADS[3:])
    rows = [
        (*goal.cells[:3], before.get(goal.what, ""), *goal.cells[3:]) for goal in goals
    ]
    return table(heads, rows)


def found_in(figures: Mapping[str, Any]) -> dict[str, str]:
    """What another run found, by `what`, from the JSON that it wrote."""
    # JSON has no infinity of its own; Python writes and reads one all the same.
    return {one["what"]: Goal(**one).shown for one in figures.get("goals", ())}
