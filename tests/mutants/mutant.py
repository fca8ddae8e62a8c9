"""One planted mistake: what it changes, and who should notice."""

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
    """A mistake by its name, the rule that it breaks.

    Attributes:
        changes: one text for another in the scripts.
        plant: the mistake of one that is not in a script.
        model: the name of the same mistake in the model, "" where it has none.
        tests: the rule tests in tests/ledger that must fail, as file::test.
    """

    name: str
    changes: tuple[Change, ...] = ()
    plant: Plant | None = None
    model: str = ""
    tests: tuple[str, ...] = ()


@contextlib.contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """Every script that is run in here holds the mistake.

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
