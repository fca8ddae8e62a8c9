"""A skip is kept for the table with its reason; nothing else is."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from tests.faults import table
from tests.faults.conftest import pytest_runtest_logreport
from tests.faults.figures import FILE, Figures, record
from tests.faults.table import Skipped


def report(
    outcome: Literal["passed", "failed", "skipped"], why: object
) -> pytest.TestReport:
    where = ("tests/faults/test_x.py", 1, "test_b8")
    notified = why if why is None else ("test_x.py", 1, str(why))
    node = "tests/faults/test_x.py::test_b8"
    return pytest.TestReport(node, where, {}, outcome, notified, "call")


def test_a_skip_is_kept_with_its_reason_beside_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "figures"
    monkeypatch.setenv(FILE, str(kept))
    row = Figures("B1", "a pause", events=1)

    record(row)
    pytest_runtest_logreport(report("skipped", "Skipped: needs root"))
    pytest_runtest_logreport(report("passed", None))

    lines = kept.read_text().splitlines()
    column = table.read("Redis", "", lines)
    assert [replace(one, test="") for one in column.rows] == [row]
    assert column.skipped == (Skipped("test_b8", "needs root"),)


def test_without_a_table_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FILE, raising=False)
    monkeypatch.chdir(tmp_path)

    record(Figures("B1", "a pause", events=1))
    pytest_runtest_logreport(report("skipped", "Skipped: needs root"))

    assert list(tmp_path.iterdir()) == []
