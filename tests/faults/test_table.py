"""The table of faults shows what the tests have kept, and no more."""

from dataclasses import replace

import pytest

from tests.faults import table
from tests.faults.figures import Figures
from tests.faults.table import BEGIN, END, Column, Skipped

HEAD = (
    "| fault | what was done | events | kills | in calls | lost | doubled |"
    " ambiguous | seconds to recover |"
)
ROW = Figures("B1", "a pause", events=1000, doubled=2, ambiguous=3, recovered=0.14)
REDIS = Column("Redis", "On a day.", (ROW,), (Skipped("test_b8", "no root"),))


def test_rows_come_in_the_catalogues_order() -> None:
    lines = [
        '{"fault": "C1", "what": "", "events": 1}',
        '{"fault": "B10", "what": "", "events": 1}',
        '{"test": "test_b8", "why": "no root"}',
        '{"fault": "B2", "what": "", "events": 1}',
    ]

    column = table.read("Redis", "", lines)

    assert [row.fault for row in column.rows] == ["B2", "B10", "C1"]
    assert column.skipped == (Skipped("test_b8", "no root"),)


def test_a_table_holds_figures_and_what_was_not_tried() -> None:
    shown = table.written(REDIS)

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


def test_other_runs_have_a_column_and_what_they_lack_is_not_left_out() -> None:
    more = Figures("B2", "a kill", events=5, kills=1, ambiguous=4, test="test_b2")
    skipped = (Skipped("test_b8[4]", "no room"),)
    cluster = Column("Cluster", "On another.", (replace(ROW, doubled=0), more), skipped)
    sentinel = Column("Sentinel", "On a third.", ())
    full = Figures("B8", "a full disk", events=9, test="test_b8")

    first = replace(REDIS, rows=(ROW, full), skipped=())

    lines = table.written(first, cluster, sentinel).splitlines()
    ends = [line.partition("| 0 | 0 |")[2] or line for line in lines]
    said = [line for line in lines[1:6] if line]
    assert said == ["On a day.", "Cluster: On another.", "Sentinel: On a third."]
    assert ends[9:12] == [
        " 0 | 2 | 3 | 0.1 | 0 / 0 / 3 | not run |",
        f"| B2 | a kill |  |  |  |{' not run |' * 3}  | 0 / 0 / 4 | not run |",
        " 0 | 0 | 0 |  | not tried | not run |",
    ]
    assert lines[-2] == "- not tried (Cluster): `test_b8`, no room"


def test_a_run_of_a_part_leaves_what_it_has_not_tried() -> None:
    old = ['{"fault": "B1", "what": "", "events": 1, "test": "a", "where": "Then."}']
    old += ['{"fault": "B2", "what": "", "events": 1, "test": "b", "where": "Then."}']
    new = ['{"fault": "B2", "what": "", "events": 2, "test": "b"}']

    column = table.read("Redis", "", table.replacing(old, new, "Now."))

    assert [(row.fault, row.events) for row in column.rows] == [("B1", 1), ("B2", 2)]
    assert column.where == "Then. Now."


def test_a_new_table_takes_the_old_ones_place_and_leaves_the_rest() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"

    assert table.replaced(page, "new") == "before\nnew\nafter\n"


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks the markers"):
        table.replaced("a page", "new")
