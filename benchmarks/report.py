"""Where the figures go: the terminal, and a JSON file if one is named."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.machine import Machine

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Report:
    """Progress on stderr, tables on stdout, all figures in the file."""

    def __init__(self, machine: Machine, file: Path | None) -> None:
        self._file = file
        self._figures: dict[str, Any] = {"machine": asdict(machine)}
        print(machine, flush=True)

    def progress(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def add(
        self, name: str, figures: Sequence["DataclassInstance"], printed: str
    ) -> None:
        """Print a table; its figures are in the file before anything else is run."""
        print(f"\n{printed}", flush=True)
        self._figures[name] = [asdict(figure) for figure in figures]
        if self._file is not None:
            self._file.write_text(json.dumps(self._figures, indent=2) + "\n")
