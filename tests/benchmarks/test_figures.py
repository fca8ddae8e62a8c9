"""The arithmetic between what was seen and what is printed."""

import re

import pytest

from benchmarks import feed
from benchmarks.__main__ import DETAILS, GOALS
from benchmarks.goals.drained import Drain
from benchmarks.options import options
from benchmarks.percentile import percentile
from benchmarks.processes import ROOT
from benchmarks.table import table


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(0, 1.0), (50, 50.0), (95, 95.0), (99, 99.0), (100, 100.0)],
)
def test_a_percentile_is_the_value_at_the_nearest_rank(
    percent: float, expected: float
) -> None:
    ascending = [float(number) for number in range(1, 101)]

    found = percentile(ascending, percent)

    assert found == expected


def test_a_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_a_table_is_aligned_and_is_markdown() -> None:
    printed = table(("who", "n"), [("a", "10"), ("bcde", "9")])

    assert printed.splitlines() == [
        "| who  |  n |",
        "| :--- | -: |",
        "| a    | 10 |",
        "| bcde |  9 |",
    ]


def test_a_drain_is_printed_per_second_and_per_event() -> None:
    calls = {"polls": 20, "links": 200, "notifications": 200, "tokens": 1}
    drain = Drain("x", 100, 200, 4.0, 2.125, 0.0, calls)

    assert drain.cells == ("x", "100 ms", "50", "2.12", "", "20", "200", "200")


def test_order_numbers_are_distinct_and_keep_their_spelling_at_westcon() -> None:
    found = feed.numbers(0, 100) + feed.numbers(900_000, 100)

    assert len(set(found)) == 200
    assert all(number == number.lstrip("0") and len(number) <= 10 for number in found)


def test_a_contender_that_does_not_exist_ends_the_program(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        options(["--only", "nobody"])

    assert ended.value.code == 2
    assert "waybill" in capsys.readouterr().err


def test_two_contenders_with_as_many_threads_are_measured_where_nobody_is_named() -> (
    None
):
    assert options([]).contenders == ("waybill", "textbook threads 64x2")
    assert options(["--only", "prefork"]).contenders == ("textbook prefork 8",)


def test_a_part_is_chosen_by_name_and_another_name_ends_the_program(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert options(["--part", "idle"], ["steady", "idle"]).parts == ("idle",)

    with pytest.raises(SystemExit):
        options(["--part", "lunch"], ["steady", "idle"])
    assert "steady" in capsys.readouterr().err


def test_an_order_names_its_endpoints_only_where_it_is_told_to() -> None:
    assert b"endpoints" not in feed.placed("1")
    assert b'"endpoints":["a"]' in feed.placed("1", ["a"])


def test_steady_rates_are_measured_first() -> None:
    assert next(iter(GOALS)) == "steady"


def test_the_page_of_figures_names_parts_that_there_are_and_every_goals_part() -> None:
    page = (ROOT / "docs" / "performance.md").read_text()

    named = set(re.findall(r"--part ([a-z-]+)", page))

    assert GOALS.keys() <= named <= GOALS.keys() | DETAILS.keys()
