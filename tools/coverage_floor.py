"""Floor of branch coverage, which may only rise: `python -m tools.coverage_floor`.

The floor stands in pyproject.toml (`tool.coverage.report.fail_under`). Coverage below
it ends this with 1; `--raise` writes a higher one, and nothing writes a lower one.
"""

import re
import sys
from collections.abc import Sequence
from math import floor
from pathlib import Path

from coverage import Coverage

PROJECT = Path("pyproject.toml")

_FLOOR = re.compile(r"^fail_under = ([0-9.]+)$", re.MULTILINE)


def kept(text: str) -> float:
    """The floor in the project's file.

    Raises:
        ValueError: there is none.
    """
    found = _FLOOR.search(text)
    if found is None:
        raise ValueError(f"{PROJECT} has no fail_under")
    return float(found[1])


def raised(text: str, total: float) -> str:
    """The file with the floor at a total's tenth of a percent, if that is more."""
    least = floor(total * 10) / 10
    return _FLOOR.sub(f"fail_under = {least}", text) if least > kept(text) else text


def main(arguments: Sequence[str]) -> int:
    """Print the report and hold it against the floor."""
    text = PROJECT.read_text("utf-8")
    measured = Coverage()
    measured.load()
    total = measured.report(skip_covered=True, skip_empty=True)
    least = kept(text)
    print(f"branch coverage {total:.1f} %, floor {least} %")  # noqa: T201 (its purpose)
    if "--raise" in arguments:
        PROJECT.write_text(raised(text, total), "utf-8")
    return int(total < least)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
