"""Page of figures: renewed from the files of runs, with what was found before."""

import json
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks import page
from benchmarks.goals.goal import Goal
from benchmarks.goals.idle import Idle

GOAL = Goal("commands", "", "", 20.0, 5.0, "per second")
IDLE = Idle(30.0, 10.0, 10.0, 0.003, 0.003, 92.0, {})
TEXT = """# Figures
<!-- goals:begin -->
old
<!-- goals:end -->
<!-- idle:begin -->
old
<!-- idle:end -->
<!-- memory:begin -->
old
<!-- memory:end -->
"""


def written(to: Path, goal: Goal, idle: Idle) -> Path:
    figures = {"machine": {}, "goals": [asdict(goal)], "idle": [asdict(idle)]}
    to.write_text(json.dumps(figures))
    return to


def test_tables_with_figures_are_renewed_and_others_stay(tmp_path: Path) -> None:
    before = written(tmp_path / "before.json", GOAL, IDLE)
    now = written(
        tmp_path / "now.json", replace(GOAL, found=4.0), replace(IDLE, sent=1.0)
    )
    text = tmp_path / "page.md"
    text.write_text(TEXT)

    page.main([str(now), "--before", str(before), "--page", str(text)])

    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.read_text().splitlines()
        if line.startswith("|")
    ]
    assert rows[2] == [
        "commands",
        "20 per second",
        "4 per second",
        "",
        "4 per second",
        "≤ 5 per second",
        "met",
    ]
    assert [row[0] for row in rows[5:]] == ["before", "now"]
    assert text.read_text().count("old") == 1


def test_what_was_not_measured_again_states_so() -> None:
    printed = page.goals({"goals": [asdict(GOAL)]}, {})

    assert "not measured again" in printed
    assert "20 per second" in printed


def test_every_table_of_the_page_has_its_markers() -> None:
    text = page.PAGE.read_text()

    for name in (*page.TABLES, "goals"):
        assert text.count(f"<!-- {name}:begin -->\n") == 1, name
        assert text.count(f"<!-- {name}:end -->\n") == 1, name
