"""Generator of the table of the timeline's codes, from the code."""

from pathlib import Path

from serializers.timeline.codes import NUMBERS, Code
from tools.docs.page import renewed
from waybill.explain.timeline import GATHERED, WORDING

PAGE = Path("docs/timeline.md")
NAME = "timeline"
_HEAD = "| code | texts | in words | letter |\n|---|---|---|---|\n"


def table() -> str:
    """Write the Markdown table: code, texts, wording, letter in the ledger."""
    return _HEAD + "".join(map(_row, Code))


def _row(code: Code) -> str:
    texts = ", ".join(map(_text, code.fields))
    worded = GATHERED.get(code, "{}").replace("{}", WORDING[code])
    return f"| `{code.name.lower()}` | {texts} | {worded} | `{code.letter}` |\n"


def _text(field: str) -> str:
    return f"`{field}` (a number)" if field in NUMBERS else f"`{field}`"


def main(page: Path = PAGE) -> None:
    """Rewrite the page in the checkout where this is run."""
    page.write_text(renewed(page.read_text("utf-8"), NAME, table()), "utf-8")


if __name__ == "__main__":
    main()
