"""Hypothesis looks for steps that break a rule, and prints the fewest that do."""

import pytest
import redis
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.ledger.machine import machine

#: Without a database, so that each run looks elsewhere; what fails is printed as
#: steps, with a blob that runs them again.
SEARCH = settings(
    max_examples=100,
    stateful_step_count=50,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("most", [30, pytest.param(100, marks=pytest.mark.long)])
def test_no_steps_that_hypothesis_finds_break_a_rule(
    trimmed: redis.Redis, most: int
) -> None:
    search = settings(SEARCH, max_examples=most)

    run_state_machine_as_test(machine(trimmed), settings=search)
