"""Outcome of each order when a poll brings no status."""

from tasks.outcomes.errors import NotYet, PermanentError, Throttled, Unavailable
from tasks.outcomes.outcome import Again, Done, GiveUp, Later
from tasks.planning.rules import WESTCON
from tasks.polling.poll import poll
from tests.tasks.fakes import World
from tests.tasks.known_orders import known, numbered, states
from tests.tasks.samples import order, reported, watched


def test_an_error_settles_every_order_with_its_own_attempts() -> None:
    world = World()
    hint = known(world, numbered(0), numbered(1))
    world.ledger.watch("SO-1").attempts = 3
    world.westcon.errors = [Unavailable("down", code="timeout")]

    report = poll(world.westcon, hint, world.services())

    first, second = report.outcomes.values()
    assert first == Again(10.5, "down", "timeout", ambiguous=True)
    assert isinstance(second, GiveUp)
    assert states(world, 2) == ["due", "dead"]
    assert world.gates.reported == [("failed", WESTCON)]
    assert world.ends.noted == [(WESTCON, first), (WESTCON, second)]


def test_an_order_that_is_refused_fails_alone() -> None:
    world = World()
    hint = known(world, numbered(0), numbered(1), numbered(2))
    world.westcon.bad = {"601": PermanentError("no", code="http_400")}

    report = poll(world.westcon, hint, world.services())

    assert list(report.outcomes.values()).count(Done()) == 2
    assert states(world, 3) == ["due", "dead", "due"]
    assert world.gates.reported == [("served", WESTCON)]
    # Westcon works: what it has answered last ends the row.
    assert world.ends.noted[-1] == (WESTCON, Done())


def test_an_order_that_is_missing_does_not_count_against_westcon() -> None:
    world = World()
    hint = watched(world, numbered(0))

    report = poll(world.westcon, hint, world.services())

    (outcome,) = report.outcomes.values()
    assert isinstance(outcome, Again)
    assert world.gates.reported == [("served", WESTCON)]


def test_a_retry_after_closes_the_gate_although_other_orders_were_answered() -> None:
    world = World()
    hint = known(world, numbered(0), numbered(1))
    world.westcon.dropped = {"601"}
    slow = Throttled("slow", code="http_429", retry_after=60.0)
    world.westcon.errors = [None, slow]

    report = poll(world.westcon, hint, world.services())

    assert report.counts() == {"done": 1, "later": 1}
    assert world.gates.closed == {WESTCON: 60.0}


def test_without_a_token_everybody_waits_and_no_attempt_counts() -> None:
    world = World()
    hint = known(world, numbered(0))
    world.westcon.errors = [NotYet("no token", code="token", after=300.0, shared=True)]

    report = poll(world.westcon, hint, world.services())

    assert report.counts() == {"later": 1}
    assert world.ledger.watch("SO-0").attempts == 0
    assert world.gates.closed == {WESTCON: 300.0}


def test_an_order_that_westcon_does_not_know_yet_is_waited_for() -> None:
    world = World()
    hint = known(world, numbered(0), numbered(1))
    world.westcon.lines["600"] = (reported("NAO", order_number="600"),)

    report = poll(world.westcon, hint, world.services())

    assert [type(one) for one in report.outcomes.values()] == [Done, Later]
    watch = world.ledger.watch("SO-0")
    assert (watch.attempts, watch.due_ms) == (0, world.clock.ms + 900_000)


def test_an_order_that_westcon_never_knew_becomes_a_dead_letter() -> None:
    world = World()
    hint = known(world, numbered(0), status="NAO")
    world.clock.pass_seconds(86_400)

    assert poll(world.westcon, hint, world.services()).counts() == {"given_up": 1}


def test_an_order_that_lost_its_reference_needs_a_person() -> None:
    world = World()

    report = poll(world.westcon, watched(world, order()), world.services())

    (outcome,) = report.outcomes.values()
    assert isinstance(outcome, GiveUp)
    assert outcome.code == "no_reference"
    assert world.westcon.asked == []
    assert world.gates.reported == []


def test_a_defect_of_ours_leaves_the_orders_for_a_mended_release() -> None:
    world = World()
    hint = known(world, numbered(0))
    world.westcon.errors = [KeyError("x")]

    report = poll(world.westcon, hint, world.services())

    assert report.counts() == {"again": 1}
    assert world.gates.reported == []


def test_a_watch_that_died_with_its_workers_is_reported_as_given_up() -> None:
    world = World()
    hint = watched(world, order(westcon_number="601"))
    world.ledger.watch("SO-1").attempts = world.ledger.most

    report = poll(world.westcon, hint, world.services())

    assert [ref for ref, _ in report.failed()] == ["watch:westcon:SO-1"]
    assert world.westcon.asked == []
