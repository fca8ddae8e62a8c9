"""Every heading of the runbook is walked here, or its trouble is made elsewhere."""

import ast
import re
from pathlib import Path

from tests.runbook.page import PAGE, ROOT, THREE, headings

HERE = Path(__file__).parent

#: What takes ten minutes in which no worker does anything, and reports no reason: the
#: alert is seen to fire by promtool, on series of such a time; what its heading gives
#: to be typed is typed under WaybillNoWorker and WaybillOverdue.
ELSEWHERE = {"WaybillNoProgress": "deploy/prometheus/waybill.test.yml"}

#: Words with a line beneath: lines of the log, where they are no metrics or options.
_LINE = re.compile(r"[a-z]+(?:_[a-z]+)+")


def walked() -> set[str]:
    """The headings that tests of this folder begin a walk with."""
    trees = (ast.parse(path.read_text("utf-8")) for path in HERE.glob("test_*.py"))
    return {
        _heading(node.args[1])
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Reader"
    }


def _heading(given: ast.expr) -> str:
    if isinstance(given, ast.Name) and given.id == "THREE":
        return THREE
    return str(ast.literal_eval(given))


def test_every_heading_is_walked_or_its_trouble_is_made_elsewhere() -> None:
    assert walked() | set(ELSEWHERE) == {*headings(), THREE}
    assert not walked() & set(ELSEWHERE)


def test_what_is_made_elsewhere_is_there() -> None:
    missing = [
        name
        for name, path in ELSEWHERE.items()
        if f"name: {name}\n" not in (ROOT / path).read_text("utf-8")
    ]

    assert missing == []


def test_a_line_of_the_log_that_the_page_names_is_written() -> None:
    words = re.findall(r"`([^`\n]+)`", PAGE.read_text("utf-8"))
    named = {word for word in words if _LINE.fullmatch(word)}
    sources = [
        path.read_text("utf-8")
        for folder in ("workers", "waybill")
        for path in (ROOT / folder).rglob("*.py")
    ]

    written = {one for one in named for text in sources if f'"{one}"' in text}

    assert {one for one in named - written if not one.startswith("waybill_")} == set()
