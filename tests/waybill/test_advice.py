"""Commands that messages, pages and alerts name: who is told one can type it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from waybill.main import main

ROOT = Path(__file__).parents[2]
CODE = ("waybill", "workers", "tasks", "serializers")
PROSE = ("README.md", "SECURITY.md", "docs/*.md", "deploy/*/*.yml", "deploy/*/*.md")

_NAMED = re.compile(r"`waybill ([^`\n]+)`")


def texts() -> Iterator[tuple[str, str]]:
    """Every text of the code, joined as Python joins it, and every page."""
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                yield str(path.relative_to(ROOT)), _text(node)
        for path in sorted((ROOT / folder).rglob("*.html")):
            page = path.read_text("utf-8")
            yield str(path), re.sub(r"</?code>", "`", page)
    for pattern in PROSE:
        for path in sorted(ROOT.glob(pattern)):
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def _text(node: ast.AST) -> str:
    """A constant, or an f-string with an X where something is put in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(one) or "X" for one in parts)
    return ""


def wrong(typed: str) -> str:
    """What of a command that is typed so there is not, "" where all of it is."""
    command: click.Command = main
    for word in typed.partition("|")[0].split():
        if word.startswith("--"):
            name = word.partition("=")[0].rstrip(",;:.")
            known = {opt for one in command.params for opt in one.opts}
            if name not in known | {"--help", "--version"}:
                return word
        elif isinstance(command, click.Group) and re.fullmatch("[a-z-]+", word):
            found = command.get_command(click.Context(command), word)
            if found is None:
                return word
            command = found
    return ""


def test_every_command_that_is_named_can_be_typed() -> None:
    named = [
        (where, typed) for where, text in texts() for typed in _NAMED.findall(text)
    ]

    assert len(named) > 100
    assert [(*one, w) for one in named if (w := wrong(one[1]))] == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("reconcile plan", "plan"),
        ("reconcile --plan FILE", ""),
        ("dead-letters list --colour", "--colour"),
        ("explain ORDER --json", ""),
    ],
)
def test_what_nobody_can_type_is_found(typed: str, found: str) -> None:
    assert wrong(typed) == found
