"""The terminal of these tests: content is asked for, and never the machine's speed."""

import time

import pytest

from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from workers.redis.bounded_client import Budget


def test_a_command_of_the_tests_outlasts_a_busy_machine(
    ledger: World, waybill: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every answer comes after more than an operator's patience."""
    spent = Budget.spent

    def late(budget: Budget) -> object:
        budget._left = 0.0
        assert budget.timeout > 10
        return spent(budget)

    monkeypatch.setattr(Budget, "spent", late)

    assert waybill("dead-letters", "list").exit_code == 0
    assert ledger.redis.ping()


def test_what_a_client_was_asked_to_wait_for_is_not_of_its_budget() -> None:
    impatient, awaiting = Budget(0.2), Budget(0.2, awaited=5.0)

    for budget in (impatient, awaiting):
        with budget.spent():
            time.sleep(0.35)

    assert impatient.timeout < Budget(0.2).timeout
    assert awaiting.timeout == Budget(0.2, awaited=5.0).timeout
