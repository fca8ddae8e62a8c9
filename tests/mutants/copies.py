"""A copy of the project in which a mistake is planted, for as long as tests look at it.

The copy makes a mistake reach whatever the tests start: this process, worker processes,
scripts in Redis. The project itself is never written to.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.ledger.clock import Change
from tests.mutants.mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]

#: Where mistakes can be planted.
PRODUCT = ("serializers", "tasks", "workers", "waybill")

#: What is not copied: the environment, the history, what tools have left.
LEFT_OUT = shutil.ignore_patterns(".*", "build", "dist")

#: Seconds by which a changed file is newer, so that its old bytecode is not used.
NEWER = 3600


#: Every file's text.
Texts = dict[Path, str]


@dataclass(frozen=True, slots=True)
class Product:
    """The product's code: its Lua and its Python."""

    scripts: Texts
    modules: Texts


def product(root: Path = ROOT) -> Product:
    """The product's code as it stands in a copy, or in the project itself."""
    return Product(_texts(root, ".lua"), _texts(root, ".py"))


def _texts(root: Path, ending: str) -> Texts:
    files = [file for top in PRODUCT for file in (root / top).rglob(f"*{ending}")]
    return {file: file.read_text("utf-8") for file in sorted(files)}


def with_mistake(mutant: Mutant, sound: Product) -> Texts:
    """The files that the mistake changes, as it has them.

    Raises:
        ValueError: a change stands in no script, or an edit not exactly once in the
            product's Python; the code has changed since.
    """
    scripts = _changed(sound.scripts, mutant.changes)
    return scripts | _edited(sound.modules, mutant.edits)


def _changed(texts: Texts, changes: tuple[Change, ...]) -> Texts:
    sound = texts
    for old, new in changes:
        if not any(old in text for text in texts.values()):
            raise ValueError(f"no script holds {old!r}")
        texts = {file: text.replace(old, new) for file, text in texts.items()}
    return {file: text for file, text in texts.items() if text != sound[file]}


def _edited(texts: Texts, edits: tuple[Change, ...]) -> Texts:
    made: Texts = {}
    for old, new in edits:
        now = texts | made
        places = [file for file, text in now.items() for _ in range(text.count(old))]
        if len(places) != 1:
            raise ValueError(f"the product holds {old!r} {len(places)} times, not once")
        made[places[0]] = now[places[0]].replace(old, new)
    return made


@contextlib.contextmanager
def copied() -> Iterator[Path]:
    """A copy of the project, bytecode included, so that tests start as quickly."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder, "project")
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        yield copy


@contextlib.contextmanager
def planted_in(copy: Path, mutant: Mutant) -> Iterator[None]:
    """The copy holds the mistake in here, and is sound again afterwards."""
    with contextlib.ExitStack() as after:
        for file, text in with_mistake(mutant, product(copy)).items():
            age = file.stat().st_mtime
            after.callback(_write, file, file.read_text("utf-8"), age)
            _write(file, text, age + NEWER)
        yield


def _write(file: Path, text: str, age: float) -> None:
    file.write_text(text, "utf-8")
    os.utime(file, (age, age))
