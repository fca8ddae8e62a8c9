"""The table of mistakes in docs/reliability.md, and the promises' tests there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.docs.page import renewed

PAGE = Path("docs/reliability.md")
NAME = "mutants"
HEAD = "| promise | mistake | noticed by |\n|---|---|---|\n"

_ROW = re.compile(r"^\| (\d+) \| (.+) \| (?:`(.+)`)? \|$", re.MULTILINE)
_PROMISE = re.compile(r"^\*\*(\d+)\. ", re.MULTILINE)
_TEST = re.compile(r"(tests/[\w/]+\.py::test_\w+)")


@dataclass(frozen=True, slots=True)
class Row:
    """One mistake, and the first test that failed; "" when none did."""

    promise: int
    mistake: str
    test: str

    def __str__(self) -> str:
        test = f"`{self.test}`" if self.test else ""
        return f"| {self.promise} | {self.mistake} | {test} |"


def table(rows: Iterable[Row]) -> str:
    """Markdown, by promise."""
    some = sorted(rows, key=lambda row: row.promise)
    return HEAD + "".join(f"{row}\n" for row in some)


def write(root: Path, rows: Iterable[Row]) -> None:
    """Put the table into the page of this checkout."""
    text = (root / PAGE).read_text("utf-8")
    (root / PAGE).write_text(renewed(text, NAME, table(rows)), "utf-8")


def shown(text: str) -> list[Row]:
    """The rows that the page shows now."""
    between = text.partition(f"<!-- {NAME}:begin -->")[2].partition(f"<!-- {NAME}:end")[
        0
    ]
    return [Row(int(n), name, test) for n, name, test in _ROW.findall(between)]


def promised(text: str) -> dict[int, set[str]]:
    """The tests that the page names under each promise."""
    held = text.partition("## What holds")[2].partition("\n## ")[0]
    parts = _PROMISE.split(held)[1:]
    return {
        int(number): set(_TEST.findall(promise))
        for number, promise in zip(parts[::2], parts[1::2], strict=True)
    }
