"""Purchase orders: who has one, and whose Westcon's orders are."""

from dataclasses import replace

from serializers.order_record import Order
from serializers.purchase_order_uses import Use
from serializers.timeline.codes import Code, note
from tasks.amendment import Amendment
from tasks.ledger_values import Held, Hint, WatchMove
from tasks.outcomes.outcome import GiveUp
from tests.contracts.subject import Subject
from tests.ledger import acts

NOTES = (note(Code.ASSIGNED, "7001", "person"),)
#: Longer than any field of a bucket.
LONG = "SO-" + "9" * 80


def named(uses: tuple[Use, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(use.order, use.numbers) for use in uses]


def test_an_order_that_is_placed_is_known_by_its_purchase_order(
    subject: Subject,
) -> None:
    acts.admit(subject, number="SO-1", watch=WatchMove.START)
    acts.admit(subject, number="SO-2", watch=WatchMove.START)
    acts.admit(subject, number="SO-3")

    assert named(subject.ledger.uses("PO", "SO-2")) == [("SO-1", ()), ("SO-2", ())]
    assert named(subject.ledger.uses("po", "SO-2")) == [("SO-2", ())]


def test_who_asks_is_known_from_then_on(subject: Subject) -> None:
    for _ in range(2):
        assert named(subject.ledger.uses(" PO-7", "SO-1")) == [("SO-1", ())]

    assert named(subject.ledger.uses("PO-7 ", LONG)) == [("SO-1", ()), (LONG, ())]
    assert named(subject.ledger.uses("PO-7", "SO-1"))[1:] == [(LONG, ())]


def test_whose_westcons_orders_are_is_kept_until_another_decision(
    subject: Subject,
) -> None:
    before = subject.ledger.uses("PO-7", "SO-1")
    many = tuple(str(7_000_000 + n) for n in range(20))
    for numbers in (many, ("7001",), ()):
        after = (replace(before[0], numbers=numbers),)

        assert subject.ledger.give("PO-7", before, after)
        assert subject.ledger.uses("PO-7", "SO-1") == after
        before = after


def test_of_two_decisions_at_one_time_the_first_counts(subject: Subject) -> None:
    subject.ledger.uses("PO-7", "SO-1")
    before = subject.ledger.uses("PO-7", "SO-2")
    first = (replace(before[0], numbers=("7001",)), before[1])
    second = (before[0], replace(before[1], numbers=("7001",)))

    assert subject.ledger.give("PO-7", before, first)
    assert not subject.ledger.give("PO-7", before, second)
    assert subject.ledger.uses("PO-7", "SO-1") == first


def amendment(subject: Subject, **fields: object) -> Amendment:
    (held,) = subject.ledger.orders(["SO-1"])
    order = (held.order or Order("SO-1"))._replace(assigned=("7001",))
    return replace(Amendment(order, held.version, NOTES, "whose"), **fields)  # type: ignore[arg-type] # a test's own


def due(subject: Subject, hint: Hint) -> list[str]:
    return [claim.ref for claim in subject.ledger.claim(hint, 10)]


def test_a_changed_record_has_the_watch_look_also_one_that_has_ended(
    subject: Subject,
) -> None:
    hint = acts.sent(subject, acts.watch(subject))
    subject.ledger.advance(hint, "run", [acts.seen(subject, hint, next_look=None)])

    assert subject.ledger.amend(amendment(subject))

    changed = Order("SO-1", purchase_order="PO", assigned=("7001",))
    assert subject.ledger.orders(["SO-1"]) == [Held(changed, 2)]
    assert due(subject, hint) == ["watch:westcon:SO-1"]


def test_a_look_under_way_is_followed_by_another(subject: Subject) -> None:
    hint = acts.sent(subject, acts.watch(subject))
    stale = acts.seen(subject, hint)

    assert subject.ledger.amend(amendment(subject))

    again = replace(stale, version=2)
    (first,) = subject.ledger.advance(hint, "run", [stale])
    (second,) = subject.ledger.advance(hint, "run", [again])
    assert (first.verdict, second.verdict) == ("stale", "advanced")
    assert due(subject, hint) == ["watch:westcon:SO-1"]


def test_of_dead_letters_those_go_on_that_it_answers(subject: Subject) -> None:
    hint = acts.sent(subject, acts.watch(subject))
    gone = GiveUp("who knows", "whose")
    subject.ledger.settle(hint, "run", [acts.settlement(hint, gone)])

    assert subject.ledger.amend(amendment(subject, answers="another"))
    assert subject.letters() == {"watch:westcon:SO-1"}
    assert subject.ledger.amend(amendment(subject))

    assert subject.letters() == set()
    assert due(subject, hint) == ["watch:westcon:SO-1"]


def test_what_has_changed_or_is_gone_is_not_amended(subject: Subject) -> None:
    assert not subject.ledger.amend(amendment(subject))
    acts.admit(subject, watch=WatchMove.START)

    assert not subject.ledger.amend(amendment(subject, version=7))
    assert subject.ledger.orders(["SO-1"])[0].version == 1
