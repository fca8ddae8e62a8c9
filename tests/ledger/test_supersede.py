"""The latest link wins."""

import pytest

from serializers.timeline.codes import Code, note
from tasks.outcomes.outcome import GiveUp, Later, Outcome
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import broken, where

SUPERSEDED = note(Code.SUPERSEDED, "delivery:L1")


def test_a_link_that_was_not_sent_ends_at_once(world: World) -> None:
    old = acts.admit(world, acts.link("L1")).leased[0]

    new = acts.admit(world, acts.link("L2")).leased[0]

    assert acts.state(world, "delivery:L1") == "superseded"
    assert where(world.redis, "delivery:L1") == ["ended"]
    assert acts.going(world, old) == []
    assert acts.going(world, new) == ["delivery:L2"]


def test_a_link_that_waits_for_its_next_attempt_ends_at_once(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.settle(world, hint, acts.AGAIN)

    acts.admit(world, acts.link("L2"))

    assert where(world.redis, "delivery:L1") == ["ended"]
    assert where(world.redis, "delivery:L2") == ["leased"]


@pytest.mark.parametrize(
    "outcome", [acts.AGAIN, acts.GIVE_UP, Later(1.0, "not yet", "x")]
)
def test_a_link_in_flight_ends_at_whatever_failure_comes_next(
    world: World, outcome: Outcome
) -> None:
    old = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    written = acts.admit(world, acts.link("L2"))

    assert written.leased == ()
    assert where(world.redis, "delivery:L2") == ["lane tail"]
    assert acts.settle(world, old, outcome) == ["superseded"]
    assert where(world.redis, "delivery:L1") == ["ended"]
    assert where(world.redis, "delivery:L2") == ["due"]


def test_a_success_of_the_older_link_lets_the_newer_go_after_it(world: World) -> None:
    old = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.admit(world, acts.link("L2"))

    assert acts.settle(world, old, acts.DONE) == ["done"]

    assert acts.going(world, acts.claim(world)) == ["delivery:L2"]


def test_of_three_links_only_the_one_in_flight_and_the_newest_remain(
    world: World,
) -> None:
    old = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.admit(world, acts.link("L2"))
    acts.admit(world, acts.link("L3"))

    assert acts.state(world, "delivery:L2") == "superseded"
    acts.settle(world, old, acts.AGAIN)
    assert acts.going(world, acts.claim(world)) == ["delivery:L3"]
    assert broken(world.redis) == []


def test_the_same_link_again_does_not_end_itself(world: World) -> None:
    acts.admit(world, acts.link("L1"))

    acts.admit(world, acts.link("L1"))

    assert where(world.redis, "delivery:L1") == ["leased"]


def test_notifications_do_not_replace_each_other(world: World) -> None:
    acts.admit(world, acts.notification("N1"))
    acts.admit(world, acts.notification("N2"))

    assert where(world.redis, "delivery:N1") == ["leased"]
    assert where(world.redis, "delivery:N2") == ["lane tail"]


def test_a_link_of_another_order_is_left_alone(world: World) -> None:
    acts.admit(world, acts.link("L1"), number="SO-1")
    acts.admit(world, acts.link("L2"), number="SO-2")

    assert where(world.redis, "delivery:L1") == ["leased"]


def test_a_call_that_may_have_arrived_is_counted_although_superseded(
    world: World,
) -> None:
    old = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.admit(world, acts.link("L2"))

    acts.settle(world, old, GiveUp("?", "timeout", ambiguous=True))

    assert acts.counted(world, "ambiguous") == 1


def test_the_timeline_states_that_a_link_which_waited_is_superseded(
    world: World,
) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.settle(world, hint, acts.AGAIN)

    acts.admit(world, acts.link("L2"))
    acts.admit(world, acts.link("L2"))

    reported = acts.timeline(world)
    assert reported[-3:] == [acts.EVENT, SUPERSEDED, acts.EVENT]


def test_the_timeline_states_that_a_link_in_flight_is_superseded_once_it_fails(
    world: World,
) -> None:
    old = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.admit(world, acts.link("L2"))
    before = acts.timeline(world)

    acts.settle(world, old, acts.AGAIN)
    acts.settle(world, old, acts.AGAIN)

    assert SUPERSEDED not in before
    reported = acts.timeline(world)[len(before) :]
    assert reported == [
        note(Code.AGAIN, "deck", "delivery:L1", "http", "10000"),
        SUPERSEDED,
    ]


def test_the_timeline_states_it_also_when_the_worker_of_the_older_link_dies(
    world: World,
) -> None:
    acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.admit(world, acts.link("L2"))

    world.clock.advance(world.retention.lease + 1)
    acts.claim(world)

    assert acts.timeline(world)[-2:] == [
        note(Code.AMBIGUOUS, "delivery:L1"),
        SUPERSEDED,
    ]


def test_a_link_that_was_made_is_not_reported_as_superseded(world: World) -> None:
    old = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.admit(world, acts.link("L2"))

    acts.settle(world, old, acts.DONE)

    assert SUPERSEDED not in acts.timeline(world)


def test_superseding_keeps_the_timeline_within_its_length(world: World) -> None:
    for n in range(world.retention.timeline + 3):
        acts.admit(world, acts.link(f"L{n}"))

    assert len(acts.timeline(world)) == world.retention.timeline
