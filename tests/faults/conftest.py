"""What is not tried of the faults: which, and why, for the table."""

import json
import os
from pathlib import Path

import pytest

from tests.faults.elsewhere import MANY, SPARED, why_not
from tests.faults.figures import FILE
from tests.processes.ledger_servers import Kind, chosen

HERE = Path(__file__).parent


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what is not tried on this run's servers."""
    if chosen() is Kind.REDIS:
        return
    spared = [one for one in items if one.path.parent == HERE and _is_spared(one)]
    items[:] = [one for one in items if one not in spared]
    config.hook.pytest_deselected(items=spared)
    for item in items:
        if why := why_not(item.name.partition("[")[0], chosen()):
            item.add_marker(pytest.mark.skip(reason=why))


def _is_spared(item: pytest.Item) -> bool:
    is_of_many = item.name.partition("[")[0] in MANY
    return item.name in SPARED or bool(is_of_many and item.get_closest_marker("long"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep a skip beside the figures, if a table is wanted."""
    name = os.environ.get(FILE)
    if not (name and report.skipped and isinstance(report.longrepr, tuple)):
        return
    test = report.nodeid.rpartition("::")[2]
    why = str(report.longrepr[2]).removeprefix("Skipped: ")
    with Path(name).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"test": test, "why": why}) + "\n")
