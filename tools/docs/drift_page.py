"""Generator of the table of kinds of drift, from the code."""

from pathlib import Path

from serializers.drift.shape import MEANINGS
from tools.docs.page import renewed

PAGE = Path("docs/drift.md")
_HEAD = "| kind | the answer … |\n|---|---|\n"


def table() -> str:
    """Write the Markdown table: kind, meaning."""
    rows = (f"| `{kind}` | {meaning} |\n" for kind, meaning in MEANINGS.items())
    return _HEAD + "".join(rows)


def main(page: Path = PAGE) -> None:
    """Rewrite the page in the checkout where this is run."""
    page.write_text(renewed(page.read_text("utf-8"), "drift-kinds", table()), "utf-8")


if __name__ == "__main__":
    main()
