"""The tests that must notice a mistake, run on a copy of the project that holds it."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.mutants.copies import planted_in
from tests.mutants.mutant import Mutant, planted
from tests.mutants.table import MUTANTS

#: Names a mistake that is patched in to the process that runs the tests.
NAME = "WAYBILL_TESTS_MUTANT"

#: pytest's line of a test that failed. An error while a test is prepared is none.
FAILED = re.compile(r"^FAILED (tests/\S+?::\w+)", re.MULTILINE)


#: Seconds after which a test counts as failed: what a mistake stops may wait for ever.
LONGEST = 45


def noticed(mutant: Mutant, copy: Path) -> str:
    """The first of its tests that fails in a copy with the mistake, "" when none does.

    Raises:
        RuntimeError: the tests could not be run.
    """
    with planted_in(copy, mutant):
        return _failed(copy, mutant.tests, mutant if mutant.plant else None)


def fails_soundly(copy: Path, tests: Sequence[str]) -> str:
    """The first of these tests that fails although there is no mistake.

    What is compiled meanwhile is kept: with mistakes nothing is, since two of them may
    look alike to whoever compares a file's age and size.
    """
    return _failed(copy, tests, PYTHONDONTWRITEBYTECODE="")


def _failed(
    copy: Path, tests: Sequence[str], patched: Mutant | None = None, **more: str
) -> str:
    if not tests:
        return ""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=no", *tests]
    command += ["-p", "no:cacheprovider", "-p", "no:randomly"]
    command += ["--timeout", str(LONGEST), "--hypothesis-profile", "thorough"]
    environment = {
        **os.environ,
        # Before the packages that are installed: those are the sound ones.
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }
    if patched is not None:
        command += ["-p", __name__]
        environment[NAME] = patched.name
    done = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"pytest ended with {done.returncode}: {done.stdout[-500:]}")
    found = FAILED.search(done.stdout)
    if done.returncode and not found:
        raise RuntimeError(f"no test failed, yet not all passed: {done.stdout[-500:]}")
    return found[1] if found else ""


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop() -> object:
    """Patch in what the environment names for all tests of this process."""
    with planted(MUTANTS[os.environ[NAME]]):
        return (yield)
