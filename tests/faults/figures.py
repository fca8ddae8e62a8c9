"""Figures of a fault's cost, as one line for the table of `make faults`.

A run writes its lines to the file that FIGURES names, and nowhere otherwise.
"""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

FILE = "FIGURES"

#: Where pytest says which test runs: `file::name[parameters] (phase)`.
RUNNING = "PYTEST_CURRENT_TEST"


@dataclass(frozen=True, slots=True)
class Figures:
    """One row.

    Attributes:
        fault: its id in the catalogue, as "C1".
        what: what was done, in a few words; the same in every run.
        events: how many were published.
        kills: processes that were killed.
        in_calls: how many of these were in the middle of a call.
        lost: events without their effect, by the receivers' journals.
        doubled: effects that came again.
        ambiguous: sends of which the ledger holds that nobody knows.
        recovered: seconds from the fault's end to the first success; None where that
            is no question.
        note: what was measured besides, or how often it was done.
        test: the name of the test, without its parameters.
    """

    fault: str
    what: str
    events: int
    kills: int = 0
    in_calls: int = 0
    lost: int = 0
    doubled: int = 0
    ambiguous: int = 0
    recovered: float | None = None
    note: str = ""
    test: str = ""


def record(row: Figures) -> None:
    """Keep a row for the table, if a table is wanted."""
    name = os.environ.get(FILE)
    if name:
        kept = replace(row, test=name_of(os.environ.get(RUNNING, "")))
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(kept)) + "\n")


def name_of(node: str) -> str:
    """The name of a test, by what pytest calls one of its runs."""
    return node.rpartition("::")[2].partition(" ")[0].partition("[")[0]
