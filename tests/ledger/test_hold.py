"""A destination that holds: what stands behind a dead letter waits for it."""

from dataclasses import replace

import pytest
import redis

from tests.ledger import acts
from tests.ledger.clock import KNOWN, World, build

ACME = "ingram/acme"


@pytest.fixture
def holding(redis: redis.Redis) -> World:
    """A ledger in which every destination holds."""
    return build(redis, known=[replace(one, holds=True) for one in KNOWN])


def given_up(world: World) -> None:
    """Have the first of two notifications given up."""
    first = acts.notification("N1")
    (hint,) = acts.admit(world, first, acts.notification("N2")).leased
    begun = acts.sent(world, hint)
    world.ledger.settle(begun, "run", [acts.settlement(begun, acts.GIVE_UP)])


def states(world: World) -> list[str]:
    return [acts.state(world, f"delivery:{name}") for name in ("N1", "N2")]


def test_without_a_hold_the_next_goes_on(world: World) -> None:
    given_up(world)

    assert states(world) == ["dead", "due"]


def test_what_stands_behind_a_dead_letter_waits(holding: World) -> None:
    given_up(holding)
    acts.admit(holding, acts.notification("N3"))

    assert states(holding) == ["dead", "lane"]
    assert acts.state(holding, "delivery:N3") == "lane"
    assert acts.claim(holding, ACME).claims == ()


def test_a_held_order_holds_up_no_other(holding: World) -> None:
    given_up(holding)

    written = acts.admit(holding, acts.notification("M1"), number="SO-2")

    assert [one.claims[0].ref for one in written.leased] == ["delivery:M1"]


def test_a_replayed_dead_letter_goes_before_those_that_waited_for_it(
    holding: World,
) -> None:
    given_up(holding)

    answers = [holding.letters.replay("delivery:N1") for _ in range(2)]

    assert answers == ["replayed", "not_dead"]
    assert states(holding) == ["due", "lane"]
    found = acts.sent(holding, acts.claim(holding, ACME))
    assert acts.settle(holding, found, acts.DONE) == ["done"]
    assert states(holding) == ["done", "due"]


def test_discarding_the_dead_letter_lets_the_next_go_on(holding: World) -> None:
    given_up(holding)

    answers = [holding.letters.discard("delivery:N1") for _ in range(2)]

    assert answers == ["discarded", "not_dead"]
    assert states(holding) == ["discarded", "due"]


def test_a_late_success_of_the_dead_letter_lets_the_next_go_on(holding: World) -> None:
    given_up(holding)
    late = acts.hint(ACME, "delivery:N1", 1)

    assert acts.settle(holding, late, acts.DONE) == ["done"]
    assert states(holding) == ["done", "due"]


def test_attempts_used_up_by_workers_that_died_hold_as_well(holding: World) -> None:
    first = acts.notification("N1")
    (hint,) = acts.admit(holding, first, acts.notification("N2")).leased
    for _ in range(3):
        acts.sent(holding, hint)
        hint = acts.claim_back(holding, ACME)

    assert acts.going(holding, hint) == []
    assert states(holding) == ["dead", "lane"]


def test_the_same_report_again_changes_nothing(holding: World) -> None:
    given_up(holding)
    before = acts.everything(holding)
    hint = acts.hint(ACME, "delivery:N1", 1)

    holding.ledger.settle(hint, "run", [acts.settlement(hint, acts.GIVE_UP)])

    assert acts.everything(holding) == before
