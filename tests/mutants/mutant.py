"""One planted mistake: what it changes, which promise it breaks, who must notice."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.ledger.clock import Change, sources
from workers.ledger.scripts import Scripts

#: A mistake in Python: it replaces something for as long as the patch lasts.
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake by its name, and the promise that it breaks.

    Attributes:
        name: what the code does wrong.
        promise: its number in docs/reliability.md.
        tests: those that must notice, as file::test, the quickest first; the page
            names each of them under the promise.
        changes: one text for another in the scripts, wherever it stands.
        edits: one text for another in the product's Python, where it stands once.
        plant: the mistake of one that no other text makes.
        model: the name of the same mistake in the model, "" where it has none.
    """

    name: str
    promise: int
    tests: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    edits: tuple[Change, ...] = ()
    plant: Plant | None = None
    model: str = ""


@contextlib.contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """Every script that is run in here holds the mistake; edits are not made here.

    Raises:
        ValueError: a change fits no script; the scripts have changed since.
    """
    sources(mutant.changes)
    sound = Scripts._text

    def unsound(self: Scripts, name: str) -> str:
        text = sound(self, name)
        for old, new in mutant.changes:
            text = text.replace(old, new)
        return text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scripts, "_text", unsound)
        if mutant.plant is not None:
            mutant.plant(patch)
        yield
