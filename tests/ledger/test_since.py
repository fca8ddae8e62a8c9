"""Deliveries know since when they are to be made, and of which trace they are."""

from dataclasses import replace

from tasks.ledger_values import Delivery, Look, WatchMove
from tests.ledger import acts
from tests.ledger.clock import World

TRACE = f"00-{'ab' * 16}-{'cd' * 8}-01"
OTHER = f"00-{'12' * 16}-{'34' * 8}-01"


def begun(world: World, ref: str, destination: str = "deck") -> Delivery:
    [one] = acts.begin(world, acts.only(acts.claim(world, destination), ref))
    assert isinstance(one, Delivery)
    return one


def test_a_delivery_that_waited_knows_its_event_and_its_trace(world: World) -> None:
    came_ms = world.clock.now_ms - 4_000
    made = replace(
        acts.admission(world, [acts.link()]),
        entry=f"{came_ms}-7",
        trace=TRACE,
        since_ms=came_ms,
    )
    [written] = world.ledger.admit([made])
    [hint] = written.leased
    [first] = acts.begin(world, hint)
    acts.settle(world, hint, acts.AGAIN)
    world.clock.advance(60_000)

    again = begun(world, "delivery:L1")

    assert isinstance(first, Delivery)
    for one in (first, again):
        assert (one.since_ms, one.trace) == (came_ms, TRACE)


def test_an_entry_that_nobody_dated_is_no_wait(world: World) -> None:
    made = replace(acts.admission(world, [acts.link()]), entry="1-1")
    [hint] = world.ledger.admit([made])[0].leased

    [first] = acts.begin(world, hint)

    assert isinstance(first, Delivery)
    assert (first.since_ms, first.trace) == (world.clock.now_ms, "")


def test_a_look_has_the_trace_of_its_order_and_gives_it_to_what_it_makes(
    world: World,
) -> None:
    placed = replace(acts.admission(world, watch=WatchMove.START), trace=TRACE)
    [hint] = world.ledger.admit([placed])[0].leased
    [look] = acts.begin(world, hint)
    assert isinstance(look, Look)
    asked_ms = world.clock.now_ms
    world.clock.advance(2_000)

    saw = acts.seen(world, hint, acts.notification(), order=look.order)
    saw = replace(saw, asked_ms=asked_ms, trace=OTHER)
    [written] = world.ledger.advance(hint, "run", [saw])
    [made] = acts.begin(world, written.leased[0])

    assert look.trace == TRACE
    assert isinstance(made, Delivery)
    assert (made.since_ms, made.trace) == (asked_ms, OTHER)


def test_what_has_ended_keeps_neither(world: World) -> None:
    made = replace(acts.admission(world, [acts.link()]), trace=TRACE)
    [hint] = world.ledger.admit([made])[0].leased
    acts.begin(world, hint)

    acts.settle(world, hint, acts.DONE)

    assert acts.field(world, "delivery:L1", "trace") == ""
    assert acts.field(world, "delivery:L1", "waited") == ""
