"""The rule tests of tests/ledger, run on a planted mistake in a process of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.mutant import Mutant, planted
from tests.mutants.table import MUTANTS

ROOT = Path(__file__).parents[2]

#: Names the mistake to the process that runs the tests.
NAME = "WAYBILL_TESTS_MUTANT"

#: pytest's line of a test that failed.
FAILED = re.compile(r"^(?:FAILED|ERROR) tests/ledger/(\S+?)(?:\[| -|$)", re.MULTILINE)


def rule_tests(mutant: Mutant) -> str:
    """The first rule test that fails, "" when none does.

    Raises:
        RuntimeError: the tests could not be run.
    """
    if not mutant.tests:
        return ""
    paths = [f"tests/ledger/{name}" for name in mutant.tests]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += ["-p", "no:randomly", "-p", __name__, "--tb=no", *paths]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, NAME: mutant.name},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"pytest ended with {done.returncode}: {done.stdout[-500:]}")
    found = FAILED.search(done.stdout)
    return found[1] if found else ""


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop() -> object:
    """Plant what the environment names for all tests of this process."""
    with planted(MUTANTS[os.environ[NAME]]):
        return (yield)
