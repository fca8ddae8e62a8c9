"""The documents of the project, and what their Markdown names."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: Every page of prose; decisions and generated pages are of their own kind.
PAGES = (
    "README.md",
    "CHANGELOG.md",
    "docs/map.md",
    "docs/going-live.md",
    "docs/reliability.md",
    "docs/notifications.md",
    "docs/deck.md",
    "docs/westcon.md",
    "docs/http.md",
    "docs/performance.md",
    "deploy/chart/README.md",
)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of one language, in their order."""
    return [body for name, body in _FENCE.findall(text(page)) if name == language]


def code(page: str) -> Iterator[str]:
    """What stands between backticks in the prose, and every line of shell."""
    yield from _CODE.findall(_FENCE.sub("", text(page)))
    for language in ("sh", "console"):
        for block in blocks(page, language):
            yield from (line.removeprefix("$ ") for line in block.splitlines())


def links(page: str) -> list[str]:
    """The targets of its links, those to other sites left out."""
    found = _LINK.findall(_FENCE.sub("", text(page)))
    return [target for target in found if "://" not in target]


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub spells them in links."""
    prose = _FENCE.sub("", page.read_text("utf-8"))
    bare = (re.sub(r"[^\w\- ]", "", h.lower()) for h in _HEADING.findall(prose))
    return {heading.replace(" ", "-") for heading in bare}
