"""No method of the ledger that the tasks call is without a test of its contract."""

import ast
from pathlib import Path

from tasks.services import Ledger


def methods() -> set[str]:
    return {name for name in vars(Ledger) if not name.startswith("_")}


def called(folder: Path) -> set[str]:
    """The methods that this folder's tests call on a `ledger`."""
    found = set()
    for module in folder.glob("test_*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr="ledger"), attr=name)
                ):
                    found.add(name)
    return found


def test_each_method_is_called_by_the_suite() -> None:
    assert methods() <= called(Path(__file__).parent)
