"""Settlement by a run that does not hold the item any more."""

import pytest

from tasks.outcomes.outcome import Outcome
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import broken, where


def lost(world: World) -> None:
    """Let the lease of everything end and be claimed by somebody else."""
    world.clock.advance(world.retention.lease)
    for name in world.destinations:
        acts.claim(world, name)


@pytest.mark.parametrize("outcome", [acts.AGAIN, acts.GIVE_UP])
def test_a_late_failure_is_ignored(world: World, outcome: Outcome) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    lost(world)
    before = acts.everything(world)

    assert acts.settle(world, hint, outcome) == ["fenced"]

    assert acts.everything(world) == before


def test_a_failure_of_another_run_is_ignored(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0], "one")

    assert acts.settle(world, hint, acts.AGAIN, "two") == ["fenced"]
    assert acts.state(world, "delivery:L1") == "sending"


def test_a_late_success_is_recorded_although_somebody_else_is_sending(
    world: World,
) -> None:
    first = acts.sent(world, acts.admit(world, acts.link()).leased[0], "one")
    world.clock.advance(world.retention.lease)
    second = acts.sent(world, acts.claim(world), "two")

    assert acts.settle(world, first, acts.DONE, "one") == ["done"]

    assert where(world.redis, "delivery:L1") == ["ended"]
    assert acts.settle(world, second, acts.AGAIN, "two") == ["fenced"]
    assert acts.settle(world, second, acts.DONE, "two") == ["done"]
    assert acts.counted(world, "done") == 1


def test_a_late_success_stops_whoever_has_not_begun_yet(world: World) -> None:
    first = acts.sent(world, acts.admit(world, acts.link()).leased[0], "one")
    world.clock.advance(world.retention.lease)
    second = acts.claim(world)

    acts.settle(world, first, acts.DONE, "one")

    assert acts.going(world, second, "two") == []


def test_a_late_success_takes_a_dead_letter_back(world: World) -> None:
    first = acts.sent(world, acts.admit(world, acts.link()).leased[0], "one")
    world.clock.advance(world.retention.lease)
    second = acts.sent(world, acts.claim(world), "two")
    acts.settle(world, second, acts.GIVE_UP, "two")

    assert acts.settle(world, first, acts.DONE, "one") == ["done"]

    assert world.letters.count() == 0
    assert where(world.redis, "delivery:L1") == ["ended"]
    assert world.letters.replay("delivery:L1") == "not_dead"


def test_a_late_success_takes_a_replayed_item_from_its_lanes_tail(
    world: World,
) -> None:
    both = (acts.notification("N1"), acts.notification("N2"))
    first = acts.sent(world, acts.admit(world, *both).leased[0], "one")
    world.clock.advance(world.retention.lease)
    second = acts.sent(world, acts.claim(world, "ingram/acme"), "two")
    acts.settle(world, second, acts.GIVE_UP, "two")
    world.letters.replay("delivery:N1")
    assert where(world.redis, "delivery:N1") == ["lane tail"]

    assert acts.settle(world, first, acts.DONE, "one") == ["done"]

    assert where(world.redis, "delivery:N1") == ["ended"]
    assert where(world.redis, "delivery:N2") == ["due"]
    assert world.redis.llen("{wb:0}:lane:4:SO-1ingram/acme") == 1
    assert broken(world.redis) == []


def test_a_late_failure_does_not_touch_a_replayed_item(world: World) -> None:
    hint = acts.dead(world, acts.link())
    world.letters.replay("delivery:L1")

    assert acts.settle(world, hint, acts.GIVE_UP) == ["fenced"]
    assert where(world.redis, "delivery:L1") == ["due"]


def test_a_late_success_is_recorded_on_what_was_discarded(world: World) -> None:
    hint = acts.dead(world, acts.link())
    world.letters.discard("delivery:L1")

    assert acts.settle(world, hint, acts.DONE) == ["done"]
    assert acts.state(world, "delivery:L1") == "done"


@pytest.mark.parametrize("outcome", [acts.AGAIN, acts.GIVE_UP, acts.DONE])
def test_delivered_is_never_left(world: World, outcome: Outcome) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, hint, acts.DONE)
    before = acts.everything(world)

    acts.settle(world, hint, outcome)
    acts.begin(world, hint)
    world.ledger.hand_back(hint, hint.claims)
    world.letters.replay("delivery:L1")
    world.letters.discard("delivery:L1")
    lost(world)

    assert acts.everything(world) == before


def test_the_next_in_the_lane_is_not_disturbed_by_a_late_success(
    world: World,
) -> None:
    both = (acts.notification("N1"), acts.notification("N2"))
    first = acts.sent(world, acts.admit(world, *both).leased[0], "one")
    world.clock.advance(world.retention.lease)
    second = acts.sent(world, acts.claim(world, "ingram/acme"), "two")
    acts.settle(world, second, acts.GIVE_UP, "two")
    third = acts.sent(world, acts.claim(world, "ingram/acme"), "three")

    acts.settle(world, first, acts.DONE, "one")

    assert acts.state(world, "delivery:N2") == "sending"
    assert acts.settle(world, third, acts.DONE, "three") == ["done"]
