"""A default stands once, in the settings: no argument and no field has it again."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from workers.fields.names import variables
from workers.settings.settings import Settings

PACKAGES = ("tasks", "workers", "waybill")

#: Where a default has the value of a setting by chance: the module, and the name.
BY_CHANCE = {
    ("workers/http/client.py", "connect_seconds"),
    ("workers/http/client.py", "idle_seconds"),
    ("workers/partners/oauth/token_source.py", "deadline"),
    ("workers/partners/oauth/token_source.py", "method"),
    ("workers/steps/health/page_server.py", "read_seconds"),
    ("workers/steps/health/page_server.py", "write_seconds"),
    ("workers/steps/health/page_server.py", "lines"),
}

#: What stands for none, nothing or one: no decision of anybody's.
NEUTRAL = (None, "", False, True, 0, 1, b"")


def values_of_settings() -> set[object]:
    """The default of each setting that is a number or a text; in ms, too."""
    found: set[object] = set()
    for variable in variables(Settings):
        value = variable.field.default
        if isinstance(value, int | float | str) and value not in NEUTRAL:
            found.add(value)
            if isinstance(value, int | float):
                found.add(value * 1000)
    return found


def defaults(tree: ast.AST) -> Iterator[tuple[str, object]]:
    """Names of arguments and of classes' fields, with the constant that each has."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.AnnAssign) and one.value is not None:
                    yield from constant(ast.unparse(one.target), one.value)
        elif isinstance(node, ast.FunctionDef):
            plain, named = node.args, node.args.kw_defaults
            placed = plain.args[len(plain.args) - len(plain.defaults) :]
            for argument, value in zip(placed, plain.defaults, strict=True):
                yield from constant(argument.arg, value)
            for argument, given in zip(plain.kwonlyargs, named, strict=True):
                if given is not None:
                    yield from constant(argument.arg, given)


def constant(name: str, value: ast.expr) -> Iterator[tuple[str, object]]:
    if isinstance(value, ast.Constant):
        yield name, value.value


def repeated(path: Path) -> list[str]:
    """Defaults of a module that a setting has, too."""
    known, module = values_of_settings(), path.relative_to(ROOT).as_posix()
    return [
        f"{module}: {name} = {value!r}"
        for name, value in defaults(ast.parse(path.read_text("utf-8")))
        if value not in NEUTRAL and value in known and (module, name) not in BY_CHANCE
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_default_of_a_setting_is_repeated(package: str) -> None:
    modules = [
        path
        for path in sorted((ROOT / package).rglob("*.py"))
        # The settings themselves, and the story that the demo tells.
        if "settings" not in path.stem
        and path.parent.name not in {"settings", "fields", "demo"}
    ]

    assert [one for path in modules for one in repeated(path)] == []


def test_what_is_excused_is_still_there() -> None:
    there = {
        (module, name)
        for module, _ in BY_CHANCE
        for name, _ in defaults(ast.parse((ROOT / module).read_text("utf-8")))
    }

    assert there >= BY_CHANCE


@pytest.mark.parametrize(
    "code",
    [
        "class Rules:\n    lease_ms: int = 60_000",
        "def look(*, patience: float = 7_776_000.0): ...",
        "def look(batch: int, language='EN'): ...",
    ],
)
def test_a_default_that_is_repeated_is_noticed(code: str) -> None:
    (found,) = defaults(ast.parse(code))

    assert found[1] in values_of_settings()
