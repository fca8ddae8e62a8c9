"""What docs/westcon.md shows is so."""

import re
from pathlib import Path

import pytest

from serializers.westcon.values import westcon_day, westcon_quantity

PAGE = (Path(__file__).parents[2] / "docs" / "westcon.md").read_text("utf-8")
SAID = {"": "none", None: "cannot be read"}


def rows(heading: str) -> list[tuple[str, str]]:
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(.+?)` \| (.+?) \|$", section, re.MULTILINE)


@pytest.mark.parametrize(("written", "read"), rows("Dates"))
def test_each_date_is_read_as_the_table_states(written: str, read: str) -> None:
    day = westcon_day(written)

    assert SAID.get(day, day) == read


@pytest.mark.parametrize(("written", "read"), rows("Quantities"))
def test_each_quantity_is_read_as_the_table_states(written: str, read: str) -> None:
    quantity = westcon_quantity(written)

    assert SAID.get(quantity, quantity) == read


def test_the_tables_are_there() -> None:
    assert (len(rows("Dates")), len(rows("Quantities"))) == (17, 10)
