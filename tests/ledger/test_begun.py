"""What is leased for a thread that goes on with it begins in the same step."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from serializers.order_record import Order
from tasks.ledger_values import (
    Delivery,
    Hint,
    Look,
    Refused,
    WatchMove,
    WriteResult,
    Written,
)
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import broken, where
from tests.ledger.starts import starting

CHANGED = Order("SO-1", purchase_order="changed")

#: Writes something that leases a delivery, and answers what was written.
Writes = Callable[[World], Written]


def admitted(world: World) -> Written:
    return acts.admit(world, acts.link(), watch=WatchMove.START)


def advanced(world: World) -> Written:
    hint = acts.sent(world, acts.watch(world))
    seen = acts.seen(world, hint, acts.notification(), order=CHANGED)
    return world.ledger.advance(hint, "run", [seen])[0]


def asked_again(world: World, hint: Hint) -> object:
    """What `begin` answers to the run that has begun already."""
    plain = replace(hint, begun=None)
    return world.ledger.begin(plain, hint.claims, hint.run)[0]


@pytest.mark.parametrize("write", [admitted, advanced])
def test_the_answer_carries_what_begin_answers(world: World, write: Writes) -> None:
    starts = starting(world)

    leased = write(world).leased

    assert leased
    assert {one.run for one in leased} == {*starts.kept[-len(leased) :]}
    for one in leased:
        assert isinstance(one.begun, Delivery | Look)
        assert one.begun == asked_again(world, one)
        assert world.ledger.begin(one, one.claims, one.run) == [one.begun]
        ref = one.claims[0].ref
        assert acts.state(world, ref) == "sending"
        assert acts.field(world, ref, "tries") == "1"
    assert broken(world.redis) == []


def test_nobody_else_begins_it(world: World) -> None:
    starting(world)
    (hint,) = acts.admit(world, acts.link()).leased

    other = world.ledger.begin(replace(hint, begun=None), hint.claims, "other")

    assert other == [Refused(hint.claims[0])]


def test_without_a_thread_it_is_leased_and_nothing_more(world: World) -> None:
    starting(world, free=False)

    leased = admitted(world).leased

    assert [(one.run, one.begun) for one in leased] == [("", None)] * 2
    assert acts.state(world, "delivery:L1") == "leased"
    assert acts.field(world, "delivery:L1", "tries") == "0"


def test_what_comes_with_others_is_leased_for_hints_of_many(world: World) -> None:
    starts = starting(world)
    some = [acts.admission(world, [acts.link(f"L{n}")], f"SO-{n}") for n in range(2)]

    written = world.ledger.admit(some)

    assert [hint.run for one in written for hint in one.leased] == ["", ""]
    assert starts.kept == []


def _filled(world: World) -> None:
    acts.fill(world, "deck")


def _disabled(world: World) -> None:
    acts.disable(world, "deck")


@pytest.mark.parametrize("closed", [_filled, _disabled])
def test_a_thread_is_released_where_nothing_may_be_leased(
    world: World, closed: Callable[[World], None]
) -> None:
    starts = starting(world)
    closed(world)

    assert acts.admit(world, acts.link()).leased == ()

    assert starts.kept == []
    assert where(world.redis, "delivery:L1") == ["due"]
    assert acts.field(world, "delivery:L1", "tries") == "0"


def test_a_thread_is_released_where_nothing_was_written(world: World) -> None:
    one = acts.admission(world, [acts.link()], digest="one")
    world.ledger.admit([one])
    starts = starting(world)

    (again,) = world.ledger.admit([one])
    (stale,) = world.ledger.admit([replace(one, digest="two")])
    world.redis.set("{wb:0}:lane:4:SO-1deck", "something else")
    (faulty,) = world.ledger.admit([replace(one, digest="three", version=1)])

    verdicts = [again.verdict, stale.verdict, faulty.verdict]
    assert verdicts == [WriteResult.DUPLICATE, WriteResult.STALE, WriteResult.FAULTY]
    assert starts.kept == []


def test_a_delivery_that_waits_behind_another_does_not_begin(world: World) -> None:
    starts = starting(world)
    acts.admit(world, acts.notification("N1"))
    starts.kept.clear()

    assert acts.admit(world, acts.notification("N2")).leased == ()

    assert acts.state(world, "delivery:N2") == "lane"
    assert starts.kept == []


def test_a_look_that_begins_sees_what_the_events_before_it_brought(
    world: World,
) -> None:
    hint = acts.sent(world, acts.watch(world))
    acts.admit(world, watch=WatchMove.LOOK)
    acts.settle(world, hint, acts.AGAIN)
    starting(world)

    (begun,) = acts.admit(world, watch=WatchMove.LOOK).leased

    assert isinstance(begun.begun, Look)
    assert acts.field(world, "watch:westcon:SO-1", "look_again") == ""
    assert acts.field(world, "watch:westcon:SO-1", "tries") == "1"


def test_a_worker_that_dies_with_it_leaves_it_to_its_lease(world: World) -> None:
    starting(world)
    (hint,) = acts.admit(world, acts.link()).leased

    (again,) = acts.claim_back(world).claims

    assert again.ref == hint.claims[0].ref
    assert again.fence == hint.claims[0].fence + 1
    assert acts.counted(world, "ambiguous") == 1
