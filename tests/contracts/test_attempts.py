"""Attempts: claimed, begun once per fence, and settled."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from redis.exceptions import ResponseError

from tasks.ledger_values import (
    Claim,
    Delivery,
    Hint,
    Kind,
    Look,
    Refused,
    Unreadable,
    WatchMove,
)
from tasks.outcomes.outcome import Again, GiveUp, Later, Outcome
from tests.contracts.subject import MOST, Subject
from tests.ledger import acts

LEASE_MS = 60_000
LATER = Later(10.0, "closed", "gate")
FAILURES: tuple[Outcome, ...] = (acts.AGAIN, LATER, acts.GIVE_UP)

#: How an item comes to be.
Makes = Callable[[Subject], Hint]


def delivery(subject: Subject) -> Hint:
    return acts.admit(subject, acts.notification()).leased[0]


def items() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("make", [delivery, acts.watch])


def claim(subject: Subject, hint: Hint, most: int = 10) -> Hint:
    return replace(hint, claims=subject.ledger.claim(hint, most))


def settle(subject: Subject, hint: Hint, outcome: Outcome, run: str = "run") -> None:
    subject.ledger.settle(hint, run, [acts.settlement(hint, outcome)])


def attempts(subject: Subject, hint: Hint, run: str = "run") -> int:
    """Begin an item's next attempt; which one it is."""
    (begun,) = acts.begin(subject, hint, run)
    assert not isinstance(begun, Refused)
    return begun.attempts


@items()
def test_what_was_leased_is_not_claimed_before_its_lease_ends(
    subject: Subject, make: Makes
) -> None:
    hint = make(subject)
    subject.pass_ms(LEASE_MS - 1)
    assert claim(subject, hint).claims == ()
    subject.pass_ms(1)

    (again,) = claim(subject, hint).claims

    assert again.ref == hint.claims[0].ref
    assert again.fence > hint.claims[0].fence
    assert acts.going(subject, hint) == []


def test_no_more_is_claimed_than_asked_for_the_longest_due_first(
    subject: Subject,
) -> None:
    pauses = {"SO-1": 30.0, "SO-2": 10.0, "SO-3": 20.0}
    for number, pause in pauses.items():
        (hint,) = acts.admit(subject, acts.link(number), number=number).leased
        settle(subject, acts.sent(subject, hint), Again(pause, "busy", "http_503"))
    subject.pass_ms(30_000)

    first, second = claim(subject, hint, 2), claim(subject, hint, 2)

    assert [one.ref for one in first.claims] == ["delivery:SO-2", "delivery:SO-3"]
    assert [one.ref for one in second.claims] == ["delivery:SO-1"]


def test_a_delivery_is_begun_with_what_is_to_be_sent(subject: Subject) -> None:
    hint = delivery(subject)

    (begun,) = acts.begin(subject, hint)

    assert begun == Delivery(
        hint.claims[0], 1, "SO-1", Kind.NOTIFICATION, b"told", number=1
    )


def test_a_look_is_begun_with_the_order(subject: Subject) -> None:
    hint = acts.watch(subject)
    (held,) = subject.ledger.orders(["SO-1"])

    (begun,) = acts.begin(subject, hint)

    assert held.order is not None
    assert isinstance(begun, Look)
    assert begun.asked_ms > 0
    expected = Look(hint.claims[0], 1, held.order, held.version, begun.asked_ms)
    assert begun == expected


def test_a_look_at_an_unreadable_order_is_begun_and_reported(subject: Subject) -> None:
    hint = acts.watch(subject)
    subject.write_record("SO-1", b"\x01 no record")

    (begun,) = acts.begin(subject, hint)

    assert isinstance(begun, Unreadable)
    assert begun.attempts == 1
    assert begun.why


@items()
def test_a_fence_is_begun_by_one_run_however_often_it_asks(
    subject: Subject, make: Makes
) -> None:
    hint = make(subject)
    first = acts.begin(subject, hint)

    assert acts.begin(subject, hint) == first
    assert acts.begin(subject, hint, "other") == [Refused(hint.claims[0])]


@items()
def test_an_attempt_renews_the_lease(subject: Subject, make: Makes) -> None:
    hint = make(subject)
    subject.pass_ms(LEASE_MS)
    # An ended lease that nobody has claimed is still good.
    acts.sent(subject, hint)

    subject.pass_ms(LEASE_MS - 1)
    assert claim(subject, hint).claims == ()
    subject.pass_ms(1)
    assert len(claim(subject, hint).claims) == 1


@pytest.mark.parametrize(
    "stranger",
    [Claim("delivery:N1", 9), Claim("delivery:X", 1), Claim("watch:westcon:X", 1)],
)
def test_a_claim_that_is_not_held_does_nothing(
    subject: Subject, stranger: Claim
) -> None:
    hint = delivery(subject)
    foreign = replace(hint, claims=(stranger,))

    assert acts.begin(subject, foreign) == [Refused(stranger)]
    for outcome in FAILURES:
        settle(subject, foreign, outcome)
    subject.ledger.hand_back(foreign, foreign.claims)

    assert acts.going(subject, hint) == ["delivery:N1"]


@items()
def test_an_item_whose_workers_die_is_given_up_after_its_last_attempt(
    subject: Subject, make: Makes
) -> None:
    hint, begun = make(subject), 0
    for _ in range(4 * MOST):
        for one in acts.begin(subject, hint, f"run-{begun}") if hint.claims else []:
            if one == Refused(hint.claims[0], dead=True):
                assert begun == MOST
                assert subject.letters() == {hint.claims[0].ref}
                return
            begun += 1
        subject.pass_ms(LEASE_MS)
        hint = claim(subject, hint)
    pytest.fail(f"still alive after {begun} attempts")


@items()
@pytest.mark.parametrize(("outcome", "counted"), [(acts.AGAIN, 2), (LATER, 1)])
def test_it_comes_again_after_its_pause_and_a_wait_counts_no_attempt(
    subject: Subject, make: Makes, outcome: Outcome, counted: int
) -> None:
    hint = acts.sent(subject, make(subject))
    settle(subject, hint, outcome)

    subject.pass_ms(9_999)
    assert claim(subject, hint).claims == ()
    subject.pass_ms(1)
    assert attempts(subject, claim(subject, hint)) == counted


def test_the_next_attempt_knows_how_the_last_one_ended(subject: Subject) -> None:
    hint = acts.sent(subject, delivery(subject))
    settle(subject, hint, acts.AGAIN)
    subject.pass_ms(10_000)

    (begun,) = acts.begin(subject, claim(subject, hint))

    assert isinstance(begun, Delivery)
    assert begun.failed == acts.AGAIN.code


@items()
def test_what_is_given_up_is_a_dead_letter_and_never_claimed(
    subject: Subject, make: Makes
) -> None:
    hint = acts.sent(subject, make(subject))

    settle(subject, hint, acts.GIVE_UP)

    assert subject.letters() == {hint.claims[0].ref}
    subject.pass_ms(10 * LEASE_MS)
    assert claim(subject, hint).claims == ()


@pytest.mark.parametrize("outcome", [acts.DONE, acts.GIVE_UP])
def test_with_the_end_of_a_lanes_head_the_next_one_is_due(
    subject: Subject, outcome: Outcome
) -> None:
    both = (acts.notification("N1"), acts.notification("N2"))
    hint = acts.sent(subject, acts.admit(subject, *both).leased[0])
    subject.pass_ms(1_000)
    assert claim(subject, hint).claims == ()

    settle(subject, hint, outcome)

    assert [one.ref for one in claim(subject, hint).claims] == ["delivery:N2"]


def test_a_head_that_waits_holds_its_lane(subject: Subject) -> None:
    both = (acts.notification("N1"), acts.notification("N2"))
    hint = acts.sent(subject, acts.admit(subject, *both).leased[0])

    settle(subject, hint, acts.AGAIN)

    assert claim(subject, hint).claims == ()


@items()
@pytest.mark.parametrize("outcome", FAILURES)
def test_a_failure_counts_only_from_the_run_that_holds_the_fence(
    subject: Subject, make: Makes, outcome: Outcome
) -> None:
    late = acts.sent(subject, make(subject))
    subject.pass_ms(LEASE_MS)
    hint = acts.sent(subject, claim(subject, late), "other")

    settle(subject, late, outcome)
    settle(subject, hint, outcome)

    assert subject.letters() == frozenset()
    assert acts.begin(subject, hint, "other") != [Refused(hint.claims[0])]


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_success_is_recorded_whoever_reports_it_and_stays(
    subject: Subject, outcome: Outcome
) -> None:
    late = acts.sent(subject, delivery(subject))
    subject.pass_ms(LEASE_MS)
    hint = acts.sent(subject, claim(subject, late), "other")

    settle(subject, late, acts.DONE)
    settle(subject, hint, outcome, "other")

    assert subject.letters() == frozenset()
    assert acts.going(subject, hint, "other") == []
    subject.pass_ms(LEASE_MS)
    assert claim(subject, hint).claims == ()


def test_a_success_ends_a_dead_letter(subject: Subject) -> None:
    hint = acts.sent(subject, delivery(subject))
    settle(subject, hint, acts.GIVE_UP)

    settle(subject, hint, acts.DONE)

    assert subject.letters() == frozenset()


@items()
@pytest.mark.parametrize("outcome", FAILURES)
def test_a_report_that_is_repeated_changes_nothing(
    subject: Subject, make: Makes, outcome: Outcome
) -> None:
    hint = acts.sent(subject, make(subject))
    settle(subject, hint, outcome)
    dead = subject.letters()
    subject.pass_ms(5_000)

    settle(subject, hint, outcome)

    assert subject.letters() == dead
    subject.pass_ms(5_000)
    expected = {acts.AGAIN: [2], LATER: [1], acts.GIVE_UP: []}[outcome]
    again = claim(subject, hint)
    assert [attempts(subject, again) for _ in again.claims] == expected


def test_a_watch_is_never_done_by_a_report(subject: Subject) -> None:
    hint = acts.sent(subject, acts.watch(subject))

    with pytest.raises(ResponseError, match="never done"):
        settle(subject, hint, acts.DONE)

    assert acts.going(subject, hint) == ["watch:westcon:SO-1"]


def test_one_is_settled_and_the_next_begun_in_one_go(subject: Subject) -> None:
    first = acts.sent(subject, acts.admit(subject, acts.link("L1")).leased[0])
    (second,) = acts.admit(subject, acts.link("L2"), number="SO-2").leased
    report = acts.settlement(first, GiveUp("refused", "http_400"))

    begun = subject.ledger.settle_and_begin(first, report, second.claims[0], "run")

    assert isinstance(begun, Delivery)
    assert (begun.claim, begun.attempts) == (second.claims[0], 1)
    assert subject.letters() == {"delivery:L1"}
    assert acts.begin(subject, second) == [begun]


@items()
@pytest.mark.parametrize("pause", [0.0, 5.0])
def test_what_is_handed_back_is_due_again_and_counts_no_attempt(
    subject: Subject, make: Makes, pause: float
) -> None:
    hint = make(subject)

    subject.ledger.hand_back(hint, hint.claims, pause)

    assert acts.going(subject, hint) == []
    subject.pass_ms(int(pause * 1000) - 1)
    assert claim(subject, hint).claims == () or pause == 0
    subject.pass_ms(1)
    if pause:
        assert attempts(subject, claim(subject, hint)) == 1


def test_a_watch_that_an_event_touches_is_handed_back_without_a_pause(
    subject: Subject,
) -> None:
    hint = acts.watch(subject)
    acts.admit(subject, watch=WatchMove.LOOK)

    subject.ledger.hand_back(hint, hint.claims, 60.0)

    assert len(claim(subject, hint).claims) == 1


@items()
def test_what_has_begun_is_not_handed_back(subject: Subject, make: Makes) -> None:
    hint = acts.sent(subject, make(subject))

    subject.ledger.hand_back(hint, hint.claims)

    assert claim(subject, hint).claims == ()


def test_a_change_is_rendered_once(subject: Subject) -> None:
    (hint,) = acts.admit(subject, acts.change()).leased
    (begun,) = acts.begin(subject, hint)
    assert isinstance(begun, Delivery)
    assert (begun.kind, begun.payload) == (Kind.CHANGE, b"kept")

    bodies = [
        subject.ledger.render(hint, begun, "run", body) for body in (b"one", b"two")
    ]

    assert bodies == [b"one", b"one"]
    (rendered,) = acts.begin(subject, hint)
    assert rendered == replace(begun, kind=Kind.NOTIFICATION, payload=b"one")


def test_only_who_holds_a_change_renders_it(subject: Subject) -> None:
    (hint,) = acts.admit(subject, acts.change()).leased
    (begun,) = acts.begin(subject, hint)
    assert isinstance(begun, Delivery)
    unknown = replace(begun, claim=Claim("delivery:X", 1))

    assert subject.ledger.render(hint, begun, "other", b"late") is None
    assert subject.ledger.render(hint, unknown, "run", b"late") is None
    settle(subject, hint, acts.AGAIN)
    assert subject.ledger.render(hint, begun, "run", b"late") is None


@items()
@pytest.mark.parametrize("outcome", [acts.AGAIN, LATER])
def test_what_was_begun_and_ended_is_begun_with_a_new_fence_alone(
    subject: Subject, make: Makes, outcome: Outcome
) -> None:
    hint = acts.sent(subject, make(subject))
    settle(subject, hint, outcome)
    subject.pass_ms(10_000)
    again = claim(subject, hint)

    assert acts.going(subject, hint) == []
    assert acts.going(subject, again) == [hint.claims[0].ref]


def test_a_watch_that_an_event_touches_while_it_is_asked_for_is_asked_for_again(
    subject: Subject,
) -> None:
    for n, outcome in enumerate(FAILURES):
        number = f"SO-{n}"
        hint = acts.sent(subject, acts.watch(subject, number))
        acts.admit(subject, number=number, watch=WatchMove.LOOK)

        settle(subject, hint, outcome)

        again = claim(subject, hint)
        assert [one.ref for one in again.claims] == [f"watch:westcon:{number}"]
        assert attempts(subject, again) == 1


def test_what_settles_an_attempt_knows_whether_more_is_due_there(
    subject: Subject,
) -> None:
    first, other = (acts.link(f"L{n}") for n in range(2))
    hints = [
        acts.sent(subject, acts.admit(subject, one, number=f"SO-{n}").leased[0])
        for n, one in enumerate((first, other))
    ]
    again = replace(acts.settlement(hints[0], acts.AGAIN), outcome=Again(0.0, "?", "x"))
    later = replace(acts.settlement(hints[0], acts.AGAIN), outcome=Again(9.0, "?", "x"))
    done = acts.settlement(hints[1], acts.DONE)

    assert not subject.ledger.settle(hints[0], "run", [later])
    assert not subject.ledger.settle(hints[1], "run", [done])
    subject.pass_ms(9_000)
    assert subject.ledger.settle(hints[1], "run", [done])
    (claim,) = subject.ledger.claim(hints[0], 10)
    mine = acts.sent(subject, replace(hints[0], claims=(claim,)))
    report = replace(again, claim=claim)
    assert subject.ledger.settle(mine, "run", [report])
