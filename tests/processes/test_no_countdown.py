"""Celery waits for nothing and remembers nothing: only the ledger does."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.child import ROOT

#: Arguments by which Celery would hold a message back, or try again by itself.
WAITING = {"eta", "countdown", "expires", "autoretry_for", "retry_backoff"}
#: Calls by which a task would come again, or wait for another.
RETURNING = {"retry", "AsyncResult"}
#: What of Celery keeps its state in messages or in a result backend.
CANVAS = {"chord", "chain", "group", "chunks", "signature"}

MODULES = sorted([*ROOT.glob("workers/**/*.py"), *ROOT.glob("tasks/**/*.py")])


def offences(source: str) -> Iterator[str]:
    """Every place of a module that leaves waiting or coming again to Celery."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call():
                yield from _offending_call(node)
            case ast.ImportFrom(module=str(module)) if module.startswith("celery"):
                names = {alias.name for alias in node.names} & CANVAS
                yield from (f"line {node.lineno}: import {name}" for name in names)


def _offending_call(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg in WAITING:
            yield f"line {call.lineno}: {keyword.arg}="
    name = ast.unparse(call.func)
    if name.rpartition(".")[2] in RETURNING or name.endswith("result.get"):
        yield f"line {call.lineno}: {name}()"


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_leaves_waiting_or_trying_again_to_celery(module: Path) -> None:
    assert list(offences(module.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "task.apply_async((1,), eta=then)",
        "app.send_task('x', countdown=3)",
        "raise self.retry(exc=error)",
        "@app.task(autoretry_for=(OSError,))\ndef f(): ...",
        "said = result.get(timeout=3)",
        "from celery import chord",
    ],
)
def test_each_way_of_leaving_it_to_celery_is_seen(source: str) -> None:
    assert list(offences(source)) != []
