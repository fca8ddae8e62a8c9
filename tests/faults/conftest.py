"""Report of skipped fault tests for the table: which, and why."""

import json
import os
from pathlib import Path

import pytest

from tests.faults.figures import FILE


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep a skip beside the figures, if a table is wanted."""
    name = os.environ.get(FILE)
    if not (name and report.skipped and isinstance(report.longrepr, tuple)):
        return
    test = report.nodeid.rpartition("::")[2]
    why = str(report.longrepr[2]).removeprefix("Skipped: ")
    with Path(name).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"test": test, "why": why}) + "\n")
