"""The deliveries of one hint: begin, call, settle, and when to stop."""

from collections.abc import Callable

import pytest

from tasks.execution.deliver import deliver
from tasks.ledger_values import Delivery, Hint
from tasks.outcomes.errors import PermanentError, Throttled, Unavailable
from tasks.outcomes.outcome import Again, Done, GiveUp
from tests.tasks.fakes import ACME, World
from tests.tasks.samples import changed, take_in, work

SEND = Callable[[Delivery], str]


def hinted(world: World, count: int) -> Hint:
    """One hint for as many notifications, each of an order of its own."""
    happened = [
        changed(n, "10:SHI", id=f"e-{n}", order_number=f"SO-{n}", endpoints=("acme",))
        for n in range(count)
    ]
    take_in(world, *happened)
    claims = tuple(claim for hint in world.hints.sent for claim in hint.claims)
    world.hints.sent.clear()
    world.ledger.trips.clear()
    return Hint(ACME, 0, claims)


def states(world: World) -> list[str]:
    return [item.state for item in world.items_at(ACME)]


def test_settling_one_and_beginning_the_next_is_one_round_trip() -> None:
    world = World()
    hint = hinted(world, 3)

    report = work(hint, world.services())

    assert report.counts() == {"done": 3}
    assert states(world) == ["done", "done", "done"]
    assert world.ledger.trips == [
        "begin",
        "settle_and_begin",
        "settle_and_begin",
        "settle",
    ]


def test_an_endpoint_is_sent_the_events_id_without_its_own_name() -> None:
    world = World()
    hint = hinted(world, 1)
    (item,) = world.items_at(ACME)

    work(hint, world.services())

    ((endpoint, event_id, body, attempts),) = world.ingram.received
    assert (endpoint, attempts) == ("acme", 1)
    assert item.ref == f"delivery:{event_id}.acme"
    assert event_id.encode() in body


def test_a_claim_that_is_not_ours_is_not_called() -> None:
    world = World()
    hint = hinted(world, 3)
    world.ledger.items[hint.claims[1].ref].fence += 1

    report = work(hint, world.services())

    assert report.counts() == {"done": 2, "refused": 1}
    assert len(world.ingram.received) == 2


def test_the_first_claim_may_be_somebody_elses() -> None:
    world = World()
    hint = hinted(world, 2)
    world.ledger.items[hint.claims[0].ref].fence += 1

    assert work(hint, world.services()).counts() == {"done": 1, "refused": 1}


def test_one_refusal_does_not_stop_the_others() -> None:
    world = World()
    hint = hinted(world, 3)
    world.ingram.errors = [PermanentError("no", code="http_400")]

    report = work(hint, world.services())

    assert list(report.outcomes.values()) == [GiveUp("no", "http_400"), Done(), Done()]
    assert states(world) == ["dead", "done", "done"]


def test_a_failed_delivery_comes_again_with_its_next_attempt() -> None:
    world = World()
    hint = hinted(world, 1)
    world.ingram.errors = [Unavailable("down", code="connect")]

    first = work(hint, world.services())
    early = world.ledger.claim(hint, 9)
    world.clock.pass_seconds(11)
    claims = world.ledger.claim(hint, 9)
    work(Hint(ACME, 0, claims), world.services())

    assert list(first.outcomes.values()) == [Again(10.5, "down", "connect")]
    assert early == ()
    assert [attempts for *_, attempts in world.ingram.received] == [2]


def test_when_the_gate_closes_the_rest_is_handed_back() -> None:
    world = World()
    hint = hinted(world, 3)
    world.ingram.errors = [Throttled("slow", code="http_429", retry_after=60.0)]

    report = work(hint, world.services())

    assert report.counts() == {"again": 1, "handed_back": 2}
    assert states(world) == ["due", "due", "due"]
    assert [item.attempts for item in world.items_at(ACME)] == [1, 0, 0]
    assert world.ledger.trips == ["begin", "settle", "hand_back"]


def test_failures_that_leave_the_gate_open_do_not_stop_the_rest() -> None:
    world = World()
    hint = hinted(world, 3)
    world.ingram.errors = [Unavailable("down", code="connect")]

    assert work(hint, world.services()).counts() == {"again": 1, "done": 2}


def stopped(world: World) -> None:
    world.stopping = True


def late(world: World) -> None:
    world.clock.pass_seconds(21)


@pytest.mark.parametrize("happens", [stopped, late])
def test_a_worker_that_stops_or_is_late_finishes_its_call_and_begins_no_other(
    happens: Callable[[World], None],
) -> None:
    world = World()
    hint = hinted(world, 3)

    def send(_: Delivery) -> str:
        happens(world)
        return "http 200"

    report = deliver(hint, world.services(), send)

    assert report.counts() == {"done": 1, "handed_back": 2}
    assert states(world) == ["done", "due", "due"]


def test_a_ledger_that_is_gone_ends_the_hint_and_calls_nobody() -> None:
    world = World()
    hint = hinted(world, 1)
    world.ledger.broken = {"begin"}

    with pytest.raises(ConnectionError):
        work(hint, world.services())

    assert world.ingram.received == []


def test_what_died_with_its_workers_is_reported_as_given_up() -> None:
    world = World()
    hint = hinted(world, 2)
    world.ledger.items[hint.claims[0].ref].attempts = world.ledger.most

    report = work(hint, world.services())

    assert [ref for ref, _ in report.failed()] == [hint.claims[0].ref]
    assert isinstance(report.outcomes[hint.claims[1].ref], Done)
    assert report.refused == 0
