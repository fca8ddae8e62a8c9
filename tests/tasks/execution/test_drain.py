"""A worker that has finished its hint goes on with what is due there."""

from collections import Counter

import pytest

from tasks.execution.drain import LONGEST_REST, SHORTEST_REST, STAY, go_on, rest
from tasks.execution.report import Report
from tasks.ledger_values import Hint
from tasks.services import Services
from tests.tasks.fakes import ACME, World
from tests.tasks.samples import changed, take_in, work


def waiting(world: World, count: int) -> Hint:
    """A hint for the first notification; the others are due."""
    for n in range(count):
        world.ledger.room = n == 0
        number = f"SO-{n}"
        take_in(world, changed(n, "10:SHI", order_number=number, endpoints=("acme",)))
    return world.hints.sent.pop(0)


def test_a_worker_goes_on_until_nothing_is_due() -> None:
    world = World(hint_size=2)

    report = go_on(work, waiting(world, 5), world.services())

    assert report.counts() == {"done": 5}
    assert len(world.ingram.received) == 5
    # What settles the last knows that nothing is left.
    assert world.ledger.trips.count("claim") == 2


def test_an_order_that_comes_alone_is_not_claimed_after() -> None:
    world = World(hint_size=2)

    go_on(work, waiting(world, 1), world.services())

    assert "claim" not in world.ledger.trips


def test_a_worker_claims_nothing_where_the_gate_must_be_asked_first() -> None:
    world = World(hint_size=0)

    report = go_on(work, waiting(world, 3), world.services())

    assert report.counts() == {"done": 1}
    assert "claim" not in world.ledger.trips


def test_a_worker_on_its_way_out_claims_nothing_more() -> None:
    world = World(hint_size=2, stopping=True)

    assert go_on(work, waiting(world, 3), world.services()).counts() == {"done": 1}


def test_a_worker_goes_back_to_the_queues_after_a_moment() -> None:
    world = World(hint_size=1)

    def slow(hint: Hint, services: Services) -> Report:
        world.clock.pass_seconds(STAY * 0.6)
        return work(hint, services)

    report = go_on(slow, waiting(world, 5), world.services())

    assert report.counts() == {"done": 2}
    states = Counter(item.state for item in world.items_at(ACME))
    assert states == {"done": 2, "due": 3}


def test_a_hint_that_was_on_its_way_when_the_gate_closed_calls_nobody() -> None:
    world = World(hint_size=2)
    hint = waiting(world, 3)
    world.gates.closed = {ACME: 30.0}

    report = go_on(work, hint, world.services())

    assert report.counts() == {"handed_back": 1}
    assert world.ingram.received == []
    assert [item.attempts for item in world.items_at(ACME)] == [0, 0, 0]
    assert {item.state for item in world.items_at(ACME)} == {"due"}


@pytest.mark.parametrize(
    ("seconds", "pause"), [(0.5, 0.5), (0.001, SHORTEST_REST), (20.0, LONGEST_REST)]
)
def test_items_that_find_no_thread_rest_for_about_a_call(
    seconds: float, pause: float
) -> None:
    world = World(dice=0.5, seconds=seconds)
    hint = waiting(world, 1)

    report = rest(hint, world.services())

    (item,) = world.items_at(ACME)
    assert report.counts() == {"handed_back": 1}
    assert (item.state, item.attempts) == ("due", 0)
    assert item.due_ms == world.clock.now_ms() + pause * 1000
