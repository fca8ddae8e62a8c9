"""Generator of the table of faults, from the stand-ins' code."""

from pathlib import Path

from sandbox.control.fault_json import examples
from tools.docs.page import renewed

PAGE = Path("docs/sandbox.md")
_HEAD = "| `fault` | what happens |\n|---|---|\n"


def table() -> str:
    """Write the Markdown table: the fault as JSON, its meaning."""
    rows = (f"| `{fault}` | {meaning} |\n" for fault, meaning in examples())
    return _HEAD + "".join(rows)


def main(page: Path = PAGE) -> None:
    """Rewrite the page in the checkout where this is run."""
    page.write_text(renewed(page.read_text("utf-8"), "faults", table()), "utf-8")


if __name__ == "__main__":
    main()
