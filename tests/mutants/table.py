"""Table of planted mistakes by name, read from the folder beside this module."""

import tomllib
from pathlib import Path
from typing import Any

from tests.mutants import callers
from tests.mutants.mutant import Mutant

FOLDER = Path(__file__).parent / "planted"


def _read(file: Path) -> dict[str, Mutant]:
    written = tomllib.loads(file.read_text("utf-8"))["mistake"]
    found = [_mutant(**one) for one in written]
    made = {one.name: one for one in found}
    if len(made) != len(found):
        raise ValueError(f"{file.name} has two mistakes of one name")
    return made


def _mutant(  # noqa: PLR0913 (one argument per key of the file)
    *,
    name: str,
    promise: int,
    tests: list[str],
    scripts: Any = (),
    modules: Any = (),
    plant: str = "",
    model: str = "",
) -> Mutant:
    return Mutant(
        name=name,
        promise=promise,
        tests=tuple(tests),
        changes=tuple((old, new) for old, new in scripts),
        edits=tuple((old, new) for old, new in modules),
        plant=getattr(callers, plant) if plant else None,
        model=model,
    )


#: Those in the ledger's protocol, which every layer of its search looks at.
LEDGER = _read(FOLDER / "ledger.toml")

MUTANTS = {
    name: mutant
    for file in sorted(FOLDER.glob("*.toml"))
    for name, mutant in _read(file).items()
}
