"""Every planted mistake fits the code, and a test of its promise notices it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants import page
from tests.mutants.copies import ROOT, copied, product, with_mistake
from tests.mutants.mutant import Mutant
from tests.mutants.noticing import fails_soundly, noticed
from tests.mutants.table import MUTANTS

TEXT = (ROOT / page.PAGE).read_text("utf-8")

#: In a script, in Python, patched in, and in what a child process runs.
QUICK = (
    "no dedup",
    "one attempt too few",
    "an entry is acknowledged when it is read",
    "a worker that finds no Redis ends",
)


@pytest.fixture(name="copy", scope="module")
def one_copy() -> Iterator[Path]:
    with copied() as copy:
        yield copy


def test_every_mistake_fits_the_code() -> None:
    sound = product()

    for mutant in MUTANTS.values():
        planted = with_mistake(mutant, sound)

        assert bool(planted) is not bool(mutant.plant), mutant.name
        for file, text in planted.items():
            assert text != (sound.modules | sound.scripts)[file], mutant.name
            if file.suffix == ".py":
                compile(text, file, "exec")


def test_the_tests_that_must_notice_are_named_under_their_promise() -> None:
    promised = page.promised(TEXT)

    strange = {
        one.name: unknown
        for one in MUTANTS.values()
        if (unknown := set(one.tests) - promised[one.promise]) or not one.tests
    }

    assert strange == {}


def test_each_promise_has_mistakes_that_break_it() -> None:
    counts = Counter(one.promise for one in MUTANTS.values())

    assert {n: counts[n] for n in page.promised(TEXT) if counts[n] < 3} == {}
    assert counts.total() >= 90


def test_the_page_shows_every_mistake_and_what_noticed_it() -> None:
    known = [(one.promise, one.name) for one in MUTANTS.values()]
    rows = page.shown(TEXT)

    assert sorted((row.promise, row.mistake) for row in rows) == sorted(known)
    assert [row for row in rows if row.test not in MUTANTS[row.mistake].tests] == []


def test_what_stands_in_no_file_or_in_two_places_proves_nothing() -> None:
    gone = Mutant("gone", 1, (), edits=(("no module holds this", ""),))
    twice = Mutant("twice", 1, (), edits=(("import dataclass", ""),))

    with pytest.raises(ValueError, match="0 times"):
        with_mistake(gone, product())
    with pytest.raises(ValueError, match=r"\d\d times"):
        with_mistake(twice, product())


@pytest.mark.parametrize("name", QUICK)
def test_a_test_of_its_promise_notices_a_mistake(copy: Path, name: str) -> None:
    mutant, before = MUTANTS[name], product(copy)

    assert noticed(mutant, copy) in mutant.tests

    assert product(copy) == before


def test_without_a_mistake_the_tests_notice_nothing(copy: Path) -> None:
    tests = [test for name in QUICK for test in MUTANTS[name].tests]

    assert fails_soundly(copy, tests) == ""
