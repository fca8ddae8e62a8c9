"""The runbook's headings, each with what it tells a reader to do."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "runbook.md"
NIGHT = ROOT / "README.md"

#: The heading of README's for who has no alert.
THREE = "At three in the morning"


def headings() -> dict[str, str]:
    """The text of each heading, by its name."""
    pieces = re.split(r"^### (\w+)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    # What has no alert of its own has a heading of several words.
    texts = (piece.partition("\n### ")[0] for piece in pieces[2::2])
    return dict(zip(pieces[1::2], texts, strict=True))


def text_of(heading: str) -> str:
    """All that stands under a heading, of the runbook or of README."""
    return night() if heading == THREE else headings()[heading]


def steps(heading: str) -> list[str]:
    """What it gives to be typed, word by word."""
    return re.findall(r"`([^`\n]+)`", text_of(heading).replace("```", ""))


def night() -> str:
    """What README tells who begins with nothing."""
    text = NIGHT.read_text("utf-8")
    return text.partition(f"## {THREE}")[2].partition("\n## ")[0]
