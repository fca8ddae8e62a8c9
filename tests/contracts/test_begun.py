"""Contract of beginning at once: the step that leases an item begins its attempt."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from serializers.order_record import Order
from tasks.ledger_values import Delivery, Hint, Look, Refused, WatchMove, Written
from tests.contracts.subject import CAP, Subject
from tests.defaults import RETENTION
from tests.ledger import acts

CHANGED = Order("SO-1", purchase_order="changed")

#: Writes something that leases items, and answers what was written.
Writes = Callable[[Subject], Written]


def admitted(subject: Subject) -> Written:
    return acts.admit(subject, acts.link(), watch=WatchMove.START)


def advanced(subject: Subject) -> Written:
    hint = acts.sent(subject, acts.watch(subject))
    seen = acts.seen(subject, hint, acts.notification(), order=CHANGED)
    return subject.ledger.advance(hint, "run", [seen])[0]


def plain(hint: Hint) -> Hint:
    """The same without the item, as a message would bring it."""
    return replace(hint, begun=None)


@pytest.mark.parametrize("write", [admitted, advanced])
def test_the_answer_carries_what_begin_answers(subject: Subject, write: Writes) -> None:
    starts = subject.begin_at_once()

    leased = write(subject).leased

    assert {one.run for one in leased} == {*starts.kept[-len(leased) :]}
    for one in leased:
        assert isinstance(one.begun, Delivery | Look)
        assert one.begun.attempts == 1
        asked = subject.ledger.begin(plain(one), one.claims, one.run)
        assert asked == [one.begun] == subject.ledger.begin(one, one.claims, one.run)


def test_nobody_else_begins_it(subject: Subject) -> None:
    subject.begin_at_once()
    (hint,) = acts.admit(subject, acts.link()).leased

    other = subject.ledger.begin(plain(hint), hint.claims, "other")

    assert other == [Refused(hint.claims[0])]


@pytest.mark.parametrize("write", [admitted, advanced])
def test_without_a_thread_it_is_leased_and_nothing_more(
    subject: Subject, write: Writes
) -> None:
    subject.begin_at_once(free=False)

    leased = write(subject).leased

    assert {(one.run, one.begun) for one in leased} == {("", None)}
    for one in leased:
        (begun,) = subject.ledger.begin(one, one.claims, "later")
        assert isinstance(begun, Delivery | Look)
        assert begun.attempts == 1


def test_what_comes_with_others_begins_by_hints(subject: Subject) -> None:
    starts = subject.begin_at_once()
    some = [acts.admission(subject, [acts.link(f"L{n}")], f"SO-{n}") for n in range(2)]

    written = subject.ledger.admit(some)

    assert [hint.run for one in written for hint in one.leased] == ["", ""]
    assert starts.kept == []


def test_no_thread_is_kept_where_nothing_may_be_leased(subject: Subject) -> None:
    def link(name: str) -> Written:
        one = acts.admission(subject, [acts.link(f"L-{name}")], name)
        return subject.ledger.admit([one])[0]

    for n in range(CAP):
        assert link(f"SO-{n}").leased
    starts = subject.begin_at_once()

    assert (link("SO-last").leased, starts.kept) == ((), [])


def test_its_lease_is_the_net_and_its_attempt_counts(subject: Subject) -> None:
    subject.begin_at_once()
    (hint,) = acts.admit(subject, acts.link()).leased

    subject.pass_ms(RETENTION.lease + 1)
    claims = subject.ledger.claim(hint, 1)
    (begun,) = subject.ledger.begin(plain(hint), claims, "another")

    assert isinstance(begun, Delivery)
    assert begun.attempts == 2
