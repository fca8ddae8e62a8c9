"""The floor of coverage rises and never falls."""

import pytest

from tests.docs.pages import text
from tools.coverage_floor import kept, raised

PROJECT = "[tool.coverage.report]\nfail_under = 90.5\n"


def test_the_project_has_a_floor() -> None:
    assert kept(text("pyproject.toml")) > 0


def test_a_higher_total_raises_the_floor_to_its_tenth() -> None:
    assert kept(raised(PROJECT, 91.27)) == 91.2


def test_a_lower_total_leaves_the_floor() -> None:
    assert raised(PROJECT, 80.0) == PROJECT


def test_no_floor_is_an_error() -> None:
    with pytest.raises(ValueError, match="fail_under"):
        kept("[project]\n")
