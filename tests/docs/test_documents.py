"""The pages that are made from the code are up to date."""

import re
from pathlib import Path

from serializers.drift.differences import MOST
from serializers.drift.sample import MAX_BYTES, MAX_MEMBERS
from serializers.drift.shape import Kind
from tools.docs import (
    drift_page,
    event_schema_page,
    metrics_page,
    result_schema_page,
    timeline_page,
)
from tools.docs.page import renewed
from workers.ledger.drift import listing, notebook

DOCS = Path(__file__).parents[2]


def test_the_metrics_page_states_what_the_code_states() -> None:
    page = (DOCS / metrics_page.PAGE).read_text("utf-8")

    assert page == renewed(page, "metrics", metrics_page.table()), "run: make docs"


def test_the_timeline_page_shows_what_the_code_defines() -> None:
    page = (DOCS / timeline_page.PAGE).read_text("utf-8")

    assert page == renewed(page, timeline_page.NAME, timeline_page.table())


def test_the_schema_is_the_one_that_events_are_read_by() -> None:
    page = (DOCS / event_schema_page.PAGE).read_text("utf-8")

    assert page == event_schema_page.schema_text(), "run: make docs"


def test_the_schema_of_results_is_the_one_that_they_are_made_by() -> None:
    page = (DOCS / result_schema_page.PAGE).read_text("utf-8")

    assert page == result_schema_page.schema_text(), "run: make docs"


def test_the_page_of_drift_has_every_kind_and_the_bounds_of_the_code() -> None:
    page = (DOCS / drift_page.PAGE).read_text("utf-8")
    _, _, todo = page.partition("What to do:")
    bounds = (
        f"the list | {listing.MOST}, of one partner and kind {listing.MOST_ALIKE} |",
        f"a shape | {listing.MOST_SAMPLES}, each once, of {MAX_BYTES // 1024} KiB |",
        f"| all samples | {listing.MOST_BYTES // 1_048_576} MiB |",
        f"| shapes named of one answer | {MOST} |",
        f"at most {MAX_MEMBERS} members",
        f"up to {notebook.MOST} shapes",
    )

    assert page == renewed(page, "drift-kinds", drift_page.table()), "run: make docs"
    assert [kind for kind in Kind if f"`{kind}`" not in todo] == []
    assert [one for one in bounds if one not in page] == []


def test_the_alarms_speak_of_metrics_that_exist() -> None:
    page = (DOCS / metrics_page.PAGE).read_text("utf-8")
    _, _, alarms = page.partition("## What to alarm on")
    words = alarms.translate(str.maketrans("()[]{}`", "       ")).split()
    named = {word for word in words if word.startswith("waybill_")}

    unknown = [name for name in named if f"`{name}`" not in metrics_page.table()]

    assert named
    assert unknown == []


def test_the_index_of_decisions_has_every_page_once_and_in_order() -> None:
    folder = DOCS / "docs" / "decisions"
    pages = sorted(page.name for page in folder.glob("[0-9]*.md"))

    linked = re.findall(
        r"^\| \[\d{4}\]\(([^)]+)\)",
        (folder / "README.md").read_text("utf-8"),
        re.MULTILINE,
    )

    assert linked == pages
