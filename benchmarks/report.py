"""Where the figures go: the terminal, and a JSON file if one is named."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.goals.goal import Goal, found_in, page
from benchmarks.machine import Machine

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Report:
    """Progress on stderr, tables on stdout, all figures in the file.

    Args:
        machine: that all is measured on.
        file: takes all figures as JSON.
        before: such a file of another run; what it found stands beside the goals.
    """

    def __init__(
        self, machine: Machine, file: Path | None, before: Path | None = None
    ) -> None:
        self._file = file
        self._before = found_in(json.loads(before.read_text())) if before else {}
        self._figures: dict[str, Any] = {"machine": asdict(machine)}
        self._goals: list[Goal] = []
        print(machine, flush=True)

    def progress(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def add(
        self, name: str, figures: Sequence["DataclassInstance"], printed: str
    ) -> None:
        """Print a table; its figures are in the file before anything else is run."""
        print(f"\n{printed}", flush=True)
        self._figures[name] = [asdict(figure) for figure in figures]
        self._write()

    def judge(self, goals: Iterable[Goal]) -> None:
        """Keep these for the goals' table, which comes last."""
        self._goals += goals
        self._figures["goals"] = [asdict(goal) for goal in self._goals]
        self._write()

    def finish(self) -> None:
        """Print the goals' table, if anything was held against a goal."""
        if self._goals:
            print(f"\n{page(self._goals, self._before)}", flush=True)

    def _write(self) -> None:
        if self._file is not None:
            self._file.write_text(json.dumps(self._figures, indent=2) + "\n")
