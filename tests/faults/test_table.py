"""The table of faults shows what the tests have kept, and no more."""

import pytest

from tests.faults import table
from tests.faults.figures import Figures
from tests.faults.table import BEGIN, END, Skipped

HEAD = (
    "| fault | what was done | events | kills | in calls | lost | doubled |"
    " ambiguous | seconds to recover |"
)
ROW = Figures("B1", "a pause", events=1000, doubled=2, ambiguous=3, recovered=0.14)


def test_rows_come_in_the_catalogues_order() -> None:
    lines = [
        '{"fault": "C1", "what": "", "events": 1}',
        '{"fault": "B10", "what": "", "events": 1}',
        '{"test": "test_b8", "why": "no root"}',
        '{"fault": "B2", "what": "", "events": 1}',
    ]

    rows, skipped = table.read(lines)

    assert [row.fault for row in rows] == ["B2", "B10", "C1"]
    assert skipped == [Skipped("test_b8", "no root")]


def test_a_table_holds_figures_and_what_was_not_tried() -> None:
    shown = table.written([ROW], [Skipped("test_b8", "no root")], "On a day.")

    assert shown.splitlines() == [
        BEGIN,
        "On a day.",
        "",
        HEAD,
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        "| B1 | a pause | 1,000 | 0 | 0 | 0 | 2 | 3 | 0.1 |",
        "",
        "- not tried: `test_b8`, no root",
        END,
    ]


def test_a_new_table_takes_the_old_ones_place_and_leaves_the_rest() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"

    assert table.replaced(page, "new") == "before\nnew\nafter\n"


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks the markers"):
        table.replaced("a page", "new")
