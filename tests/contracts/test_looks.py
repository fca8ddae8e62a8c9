"""Looks: what a poll saw is compared and set, and moves the watch."""

from dataclasses import replace

import pytest

from serializers.order_record import Order
from tasks.ledger_values import (
    Held,
    Hint,
    Refused,
    WatchChange,
    WatchMove,
    WriteResult,
)
from tests.contracts.subject import Subject
from tests.ledger import acts

CHANGED = Order("SO-1", purchase_order="changed")


@pytest.fixture
def hint(subject: Subject) -> Hint:
    """A look that has begun."""
    return acts.sent(subject, acts.watch(subject))


def refs(subject: Subject, hint: Hint) -> list[str]:
    return [claim.ref for claim in subject.ledger.claim(hint, 10)]


def test_what_changed_is_written_with_its_deliveries(
    subject: Subject, hint: Hint
) -> None:
    seen = acts.seen(subject, hint, acts.notification(), order=CHANGED)

    (written,) = subject.ledger.advance(hint, "run", [seen])

    assert written.verdict is WriteResult.ADVANCED
    assert [one.claims[0].ref for one in written.leased] == ["delivery:N1"]
    assert subject.ledger.orders(["SO-1"]) == [Held(CHANGED, 2)]


def test_where_nothing_changed_the_version_stays(subject: Subject, hint: Hint) -> None:
    (written,) = subject.ledger.advance(hint, "run", [acts.seen(subject, hint)])

    assert (written.verdict, written.leased) == (WriteResult.ADVANCED, ())
    assert subject.ledger.orders(["SO-1"])[0].version == 1


def test_the_next_look_is_due_when_it_was_asked_for(
    subject: Subject, hint: Hint
) -> None:
    seen = acts.seen(subject, hint, next_look=300.0)
    subject.ledger.advance(hint, "run", [seen])

    subject.pass_ms(299_999)
    assert refs(subject, hint) == []
    subject.pass_ms(1)
    assert refs(subject, hint) == ["watch:westcon:SO-1"]


def test_a_look_that_ends_well_gives_the_watch_all_its_attempts(
    subject: Subject, hint: Hint
) -> None:
    subject.ledger.settle(hint, "run", [acts.settlement(hint, acts.AGAIN)])
    subject.pass_ms(10_000)
    again = replace(hint, claims=subject.ledger.claim(hint, 1))
    acts.sent(subject, again)
    subject.ledger.advance(again, "run", [acts.seen(subject, again, next_look=0.0)])

    last = replace(hint, claims=subject.ledger.claim(hint, 1))

    (begun,) = acts.begin(subject, last)
    assert not isinstance(begun, Refused)
    assert begun.attempts == 1


def test_a_watch_that_ends_is_looked_at_no_more(subject: Subject, hint: Hint) -> None:
    seen = acts.seen(subject, hint, order=CHANGED, next_look=None)

    subject.ledger.advance(hint, "run", [seen])

    subject.pass_ms(600_000)
    assert refs(subject, hint) == []
    assert acts.admit(subject, watch=WatchMove.LOOK).leased == ()
    assert acts.admit(subject, watch=WatchMove.START).leased


@pytest.mark.parametrize("next_look", [300.0, None])
def test_after_an_event_during_the_look_the_next_one_is_at_once(
    subject: Subject, hint: Hint, next_look: float | None
) -> None:
    acts.admit(subject, watch=WatchMove.LOOK)
    seen = acts.seen(subject, hint, next_look=next_look)

    subject.ledger.advance(hint, "run", [seen])

    assert refs(subject, hint) == ["watch:westcon:SO-1"]


@pytest.mark.parametrize("move", [WatchMove.START, WatchMove.LOOK])
def test_a_watch_that_moves_elsewhere_leaves_a_look_under_way_nothing(
    subject: Subject, hint: Hint, move: WatchMove
) -> None:
    moved = WatchChange("westcon", move, "westcon/dach")
    admission = replace(acts.admission(subject), watches=(moved,))
    (written,) = subject.ledger.admit([admission])

    assert {one.destination for one in written.leased} <= {"westcon/dach"}
    late = replace(acts.seen(subject, hint, next_look=None), version=-1)
    subject.ledger.advance(hint, "run", [late])
    subject.ledger.settle(hint, "run", [acts.settlement(hint, acts.AGAIN)])

    assert refs(subject, hint) == []
    there = replace(hint, destination="westcon/dach")
    subject.pass_ms(600_000)
    assert refs(subject, there) == ["watch:westcon:SO-1"]


@pytest.mark.parametrize("order", [CHANGED, None])
def test_what_was_compared_with_another_version_is_stale(
    subject: Subject, hint: Hint, order: Order | None
) -> None:
    seen = acts.seen(subject, hint, acts.notification(), order=order)
    acts.admit(subject)

    (written,) = subject.ledger.advance(hint, "run", [seen])

    assert (written.verdict, written.leased) == (WriteResult.STALE, ())
    assert acts.going(subject, hint) == ["watch:westcon:SO-1"]


def test_what_was_planned_without_an_endpoint_that_has_come_is_stale(
    subject: Subject, hint: Hint
) -> None:
    seen = acts.seen(subject, hint, order=CHANGED)
    subject.join("acme")

    (written,) = subject.ledger.advance(hint, "run", [seen])

    assert written.verdict is WriteResult.STALE
    # A look that saw nothing new plans nothing.
    (idle,) = subject.ledger.advance(hint, "run", [replace(seen, order=None)])
    assert idle.verdict is WriteResult.ADVANCED


def test_an_order_that_nobody_knows_is_gone(subject: Subject, hint: Hint) -> None:
    seen = replace(acts.seen(subject, hint), number="SO-X")

    (written,) = subject.ledger.advance(hint, "run", [seen])

    assert written.verdict is WriteResult.GONE


def test_a_run_that_lost_its_lease_records_what_it_saw_and_moves_nothing(
    subject: Subject, hint: Hint
) -> None:
    subject.pass_ms(60_000)
    now = acts.sent(subject, replace(hint, claims=subject.ledger.claim(hint, 1)), "now")
    seen = acts.seen(subject, hint, order=CHANGED, next_look=None)

    (written,) = subject.ledger.advance(hint, "run", [seen])

    assert written.verdict is WriteResult.ADVANCED
    assert subject.ledger.orders(["SO-1"]) == [Held(CHANGED, 2)]
    assert acts.going(subject, now, "now") == ["watch:westcon:SO-1"]


def test_each_look_of_a_call_stands_on_its_own(subject: Subject, hint: Hint) -> None:
    other = acts.sent(subject, acts.watch(subject, "SO-2"))
    both = replace(hint, claims=hint.claims + other.claims)
    stale = replace(acts.seen(subject, hint), version=7)

    written = subject.ledger.advance(both, "run", [stale, acts.seen(subject, other)])

    assert [one.verdict for one in written] == [WriteResult.STALE, WriteResult.ADVANCED]


def test_a_recorded_look_knows_whether_more_is_due_there(
    subject: Subject, hint: Hint
) -> None:
    other = acts.watch(subject, "SO-2")
    alone = acts.seen(subject, hint, next_look=60.0)

    (written,) = subject.ledger.advance(hint, "run", [alone])

    assert not written.more
    subject.ledger.hand_back(other, other.claims)
    (again,) = subject.ledger.advance(hint, "run", [alone])
    assert again.more
