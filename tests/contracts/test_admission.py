"""Admissions: known again, compared and set, and what follows from each."""

from dataclasses import replace

import pytest

from serializers.order_record import Order
from tasks.ledger_values import (
    Admission,
    Delivery,
    Held,
    Hint,
    Roster,
    WatchMove,
    WriteResult,
)
from tests.contracts.subject import CAP, Subject
from tests.ledger import acts


def verdict(subject: Subject, admission: Admission) -> WriteResult:
    (written,) = subject.ledger.admit([admission])
    return written.verdict


def refs(hints: tuple[Hint, ...]) -> list[str]:
    return [claim.ref for hint in hints for claim in hint.claims]


def test_an_order_that_nobody_knows_has_no_version(subject: Subject) -> None:
    assert subject.ledger.orders(["SO-1"]) == [Held(None, 0)]


def test_an_admission_writes_the_order_and_counts_its_version(subject: Subject) -> None:
    acts.admit(subject, number="SO-2")
    changed = Order("SO-2", purchase_order="other")
    subject.ledger.admit(
        [replace(acts.admission(subject, number="SO-2"), order=changed)]
    )

    unknown, held = subject.ledger.orders(["SO-1", "SO-2"])

    assert (unknown.order, held) == (None, Held(changed, 2))


def test_an_event_is_known_again_by_its_id_and_its_meaning(subject: Subject) -> None:
    first = acts.admission(subject, digest="one")
    assert verdict(subject, first) is WriteResult.ADMITTED

    assert verdict(subject, first) is WriteResult.DUPLICATE
    (conflict,) = subject.ledger.admit([replace(first, mark="2:other")])
    assert (conflict.verdict, conflict.seen) == (WriteResult.CONFLICT, first.mark)
    assert subject.ledger.orders(["SO-1"])[0].version == 1


@pytest.mark.parametrize(
    ("seen", "answer"),
    [("3:meaning", WriteResult.NEWER), ("meaning", WriteResult.DUPLICATE)],
)
def test_a_mark_of_another_release_is_compared_only_where_that_can_be(
    subject: Subject, seen: str, answer: WriteResult
) -> None:
    subject.mark_seen("one", seen)

    assert verdict(subject, acts.admission(subject, digest="one")) is answer


def test_a_stale_admission_answers_with_the_order_as_it_is(subject: Subject) -> None:
    subject.join("bravo")
    supposed = subject.ledger.supposed_new("SO-1")
    assert (supposed.order, supposed.version) == (None, 0)
    planned = replace(acts.admission(subject), roster=supposed.roster.version)
    acts.admit(subject)
    subject.join("zeta")

    (written,) = subject.ledger.admit([planned])

    assert written.verdict is WriteResult.STALE
    assert written.held == subject.ledger.orders(["SO-1"])[0]
    assert written.held.roster.names == {"bravo", "zeta"}


def test_what_was_planned_on_another_version_is_stale_and_writes_nothing(
    subject: Subject,
) -> None:
    planned = acts.admission(subject, [acts.notification()], watch=WatchMove.START)
    acts.admit(subject)

    (written,) = subject.ledger.admit([planned])

    assert (written.verdict, written.leased) == (WriteResult.STALE, ())
    assert acts.admit(subject, acts.notification()).leased
    assert verdict(subject, acts.admission(subject, digest=planned.digest)) is (
        WriteResult.ADMITTED
    )


def test_what_was_planned_without_an_endpoint_that_has_come_is_stale(
    subject: Subject,
) -> None:
    assert subject.ledger.roster(0) == Roster()
    planned = acts.admission(subject)
    subject.join("acme")
    subject.join("acme")

    assert verdict(subject, planned) is WriteResult.STALE
    (held,) = subject.ledger.orders(["SO-1"])
    assert held.roster.names == {"acme"}
    assert subject.ledger.roster(0) == held.roster
    assert verdict(subject, replace(planned, roster=held.roster.version)) is (
        WriteResult.ADMITTED
    )


def test_each_admission_of_a_batch_stands_on_its_own(subject: Subject) -> None:
    good, bad = acts.admission(subject), acts.admission(subject, number="SO-2")

    written = subject.ledger.admit([replace(bad, version=7), good])

    assert [one.verdict for one in written] == [WriteResult.STALE, WriteResult.ADMITTED]


def test_an_unreadable_record_is_reported_with_its_version(subject: Subject) -> None:
    acts.admit(subject)
    subject.write_record("SO-1", b"\x01 no record")
    acts.admit(subject, number="SO-2")

    damaged, fine = subject.ledger.orders(["SO-1", "SO-2"])

    assert (damaged.order, damaged.version, damaged.damaged) == (None, 1, True)
    assert damaged.unreadable
    assert fine.order is not None


def test_a_record_of_a_later_release_is_not_damaged(subject: Subject) -> None:
    acts.admit(subject)
    subject.write_record("SO-1", b"[99]")

    (held,) = subject.ledger.orders(["SO-1"])

    assert (held.order, held.damaged) == (None, False)
    assert held.unreadable


def test_the_first_of_each_lane_is_leased_at_once(subject: Subject) -> None:
    new = [acts.link("L1"), *map(acts.notification, ("N1", "N2"))]
    other = acts.notification("Z1", "zeta")

    leased = acts.admit(subject, *new, other, watch=WatchMove.START).leased

    assert [hint.destination for hint in leased] == [
        "deck",
        "ingram/acme",
        "ingram/zeta",
        "westcon",
    ]
    assert refs(leased)[:3] == ["delivery:L1", "delivery:N1", "delivery:Z1"]


def test_an_id_is_entered_once(subject: Subject) -> None:
    assert acts.admit(subject, acts.notification()).leased
    assert acts.admit(subject, acts.notification()).leased == ()


def test_without_room_new_work_is_due(subject: Subject) -> None:
    for n in range(CAP):
        acts.admit(subject, acts.link(f"F{n}"), number=f"filler-{n}")

    full = acts.admit(subject, acts.link())

    assert full.leased == ()
    deck = Hint("deck", 0, ())
    assert subject.ledger.claim(deck, 10) == ()
    subject.pass_ms(60_000)
    claimed = [one.ref for one in subject.ledger.claim(deck, CAP)]
    assert "delivery:L1" not in claimed
    assert len(claimed) == CAP


@pytest.mark.parametrize(
    ("first", "second", "leased"),
    [
        (WatchMove.NONE, WatchMove.LOOK, 0),
        (WatchMove.START, WatchMove.NONE, 1),
        (WatchMove.START, WatchMove.LOOK, 1),
        (WatchMove.START, WatchMove.START, 1),
        (WatchMove.END, WatchMove.START, 1),
        (WatchMove.LOOK, WatchMove.START, 1),
    ],
)
def test_a_watch_is_started_once(
    subject: Subject, first: WatchMove, second: WatchMove, leased: int
) -> None:
    hints = [*acts.admit(subject, watch=first).leased]
    hints += acts.admit(subject, watch=second).leased

    assert len(hints) == leased


def test_a_watch_that_has_ended_is_neither_begun_nor_looked_at(
    subject: Subject,
) -> None:
    hint = acts.watch(subject)

    acts.admit(subject, watch=WatchMove.END)

    assert acts.going(subject, hint) == []
    assert acts.admit(subject, watch=WatchMove.LOOK).leased == ()
    subject.pass_ms(60_000)
    assert subject.ledger.claim(hint, 10) == ()


def test_a_newer_link_ends_those_that_were_not_sent(subject: Subject) -> None:
    (older,) = acts.admit(subject, acts.link("L1")).leased

    (newer,) = acts.admit(subject, acts.link("L2")).leased

    assert acts.going(subject, older) == []
    assert acts.going(subject, newer) == ["delivery:L2"]


def test_a_newer_link_waits_for_one_that_is_being_sent(subject: Subject) -> None:
    (older,) = acts.admit(subject, acts.link("L1")).leased
    acts.sent(subject, older)

    assert acts.admit(subject, acts.link("L2")).leased == ()
    subject.ledger.settle(older, "run", [acts.settlement(older, acts.AGAIN)])

    (claim,) = subject.ledger.claim(older, 10)
    assert claim.ref == "delivery:L2"
    subject.pass_ms(20_000)
    assert subject.ledger.claim(older, 10) == ()


def test_deliveries_but_links_are_numbered_in_their_lane(subject: Subject) -> None:
    new = [acts.notification("N1"), acts.change("N2"), acts.notification("Z1", "zeta")]
    hints = list(acts.admit(subject, acts.link(), *new).leased)
    numbers = {}
    while hints:
        hint = hints.pop(0)
        for begun in acts.begin(subject, hint):
            assert isinstance(begun, Delivery)
            numbers[begun.id] = begun.number
        subject.ledger.settle(hint, "run", [acts.settlement(hint, acts.DONE)])
        claims = subject.ledger.claim(hint, 1)
        hints += [replace(hint, claims=claims)] if claims else []

    assert numbers == {"L1": 0, "N1": 1, "N2": 2, "Z1": 1}
