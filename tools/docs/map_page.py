"""Generator of docs/map.md's tables: modules and scripts by first line, Redis' keys."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.docs.page import renewed
from workers.ledger.glossary.partition import Kind
from workers.ledger.glossary.whole import KINDS

ROOT = Path(__file__).parents[2]
PAGE = Path("docs/map.md")
PACKAGES = (
    "waybill",
    "workers",
    "tasks",
    "serializers",
    "sandbox",
    "tools",
    "benchmarks",
)
SCRIPTS = ROOT / "workers" / "ledger" / "scripts"
RENEW = "python -m tools.docs.map_page"

_HEAD = "| {} | what it is for |\n|---|---|\n"
#: The first sentence of a script's first comment that is no include.
_COMMENT = re.compile(r"(?:^-- .*\n)+", re.MULTILINE)
_SENTENCE = re.compile(r"(.+?[.?])(?=\s|$)")
#: One line of code needs no comment in every script that includes it.
_UNSPOKEN = {
    "time.lua": "Redis' own clock, in milliseconds; the scripts know no other."
}


def modules() -> Iterator[Path]:
    """Every module of the packages, a package before its modules."""
    for name in PACKAGES:
        found = (ROOT / name).rglob("*.py")
        yield from sorted(found, key=lambda p: (p.parent, p.name != "__init__.py", p))


def scripts() -> list[Path]:
    return sorted(SCRIPTS.glob("*.lua"))


def named(path: Path) -> str:
    """What the page calls a file: its path, a package's with a slash at its end."""
    text = path.relative_to(ROOT).as_posix()
    return text.removesuffix("__init__.py")


def module_rows() -> str:
    rows = (_row(named(path), _first_line(path)) for path in modules())
    return _HEAD.format("module") + "".join(rows)


def script_rows() -> str:
    rows = (_row(path.name, _first_sentence(path)) for path in scripts())
    return _HEAD.format("script") + "".join(rows)


def key_rows() -> str:
    """Every kind of key, and the fields of the hashes under the kinds themselves."""
    head = "| key | type | what it holds | how long |\n|---|---|---|---|\n"
    return head + "".join(map(_key_row, KINDS))


def _key_row(kind: Kind) -> str:
    fields = "".join(f"<br>`{name}`: {what}" for name, what in kind.fields.items())
    holds = f"{kind.holds}{fields}".replace("|", chr(92) + "|")
    return f"| `{kind.key}` | {kind.type} | {holds} | {kind.lives} |\n"


def page() -> str:
    """The page with its tables as they must be; raises ValueError without markers."""
    text = (ROOT / PAGE).read_text("utf-8")
    tables = {"keys": key_rows(), "scripts": script_rows(), "modules": module_rows()}
    for name, table in tables.items():
        text = renewed(text, name, table)
    return text


def _row(name: str, what: str) -> str:
    return f"| `{name}` | {what.replace('|', chr(92) + '|')} |\n"


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]


def _first_sentence(path: Path) -> str:
    comment = _COMMENT.search(path.read_text("utf-8"))
    if comment is None:
        return _UNSPOKEN[path.name]
    words = " ".join(line[3:] for line in comment[0].splitlines())
    sentence = _SENTENCE.match(words)
    return sentence[1] if sentence else words


def main() -> None:
    """Rewrite the page in this checkout."""
    (ROOT / PAGE).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
