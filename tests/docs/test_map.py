"""The map names every module, script, test folder and state of an item."""

import re

from tests.docs.pages import ROOT, text
from tools.docs import map_page
from workers.ledger.scripts import source

MAP = "docs/map.md"


def test_every_module_and_script_is_on_the_map() -> None:
    assert text(MAP) == map_page.page(), f"run: {map_page.RENEW}"


def test_every_module_states_what_it_is_for() -> None:
    rows = map_page.module_rows().splitlines()[2:]

    assert [row for row in rows if row.endswith("|  |")] == []
    assert len(rows) == len(list(map_page.modules()))


def test_every_script_that_the_map_names_is_one() -> None:
    named = set(re.findall(r"`(\w+\.lua)`", text(MAP)))

    assert named - {path.name for path in map_page.scripts()} == set()


def test_every_folder_of_tests_is_on_the_map() -> None:
    folders = {p.parent.name for p in (ROOT / "tests").glob("*/__init__.py")}

    missing = [name for name in folders if f"`tests/{name}`" not in text(MAP)]

    assert missing == []


def test_the_chart_knows_every_state_that_the_scripts_write() -> None:
    written = re.compile(
        r"(?:'HSET'.*?|set\(\w+, )'state', '(\w+)'|finish\([^)]*?'(\w+)'"
    )
    states = {
        state
        for path in map_page.scripts()
        for pair in written.findall(source(path.stem))
        for state in pair
        if state
    }
    chart = text(MAP).partition("```mermaid")[2].partition("```")[0]

    assert {"due", "leased", "sending", "done", "dead"} <= states
    assert [state for state in sorted(states) if f" {state}" not in chart] == []
