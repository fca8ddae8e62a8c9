"""An event during a look: another look follows, whatever that one comes to."""

import pytest

from serializers.timeline.codes import Code, note
from tasks.ledger_values import Hint, WatchMove
from tasks.outcomes.outcome import Again, GiveUp, Later, Outcome
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import where

REF = "watch:westcon:SO-1"
FAILED = [
    Again(3_600.0, "busy", "http_503"),
    Later(900.0, "Westcon does not know the order yet", "nao"),
    GiveUp("Westcon does not know the order", "nao"),
    GiveUp("not changed for 90 days", "out_of_patience"),
]
MOVES = [WatchMove.START, WatchMove.LOOK]


def looked_at(world: World) -> Hint:
    return acts.sent(world, acts.watch(world))


def last_look(world: World, hint: Hint) -> None:
    world.ledger.advance(hint, "run", [acts.seen(world, hint, next_look=None)])


def due_now(world: World) -> bool:
    return where(world.redis, REF) == ["due"] and not acts.due_in(world, "westcon", REF)


@pytest.mark.parametrize("move", MOVES)
def test_the_last_look_does_not_end_a_watch_that_an_event_touched(
    world: World, move: WatchMove
) -> None:
    hint = looked_at(world)
    acts.admit(world, watch=move)

    last_look(world, hint)

    assert due_now(world)
    assert acts.timeline(world)[-1] == note(Code.LOOK_AGAIN, REF)


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("outcome", FAILED)
def test_no_pause_and_no_end_of_a_failed_look_outlasts_an_event(
    world: World, outcome: Outcome, move: WatchMove
) -> None:
    hint = looked_at(world)
    acts.admit(world, watch=move)

    assert acts.settle(world, hint, outcome) == ["due"]

    assert due_now(world)
    assert world.letters.count() == 0
    assert acts.timeline(world)[-1] == note(Code.LOOK_AGAIN, REF)


def test_one_event_is_good_for_one_more_look(world: World) -> None:
    hint = looked_at(world)
    acts.admit(world, watch=WatchMove.START)
    last_look(world, hint)

    last_look(world, acts.sent(world, acts.claim(world, "westcon")))

    assert where(world.redis, REF) == ["ended"]


def test_a_failed_look_after_that_pauses_or_dies_as_ever(world: World) -> None:
    hint = looked_at(world)
    acts.admit(world, watch=WatchMove.LOOK)
    acts.settle(world, hint, acts.GIVE_UP)

    again = acts.sent(world, acts.claim(world, "westcon"))

    assert acts.settle(world, again, acts.GIVE_UP) == ["dead"]


def test_a_report_that_comes_twice_asks_for_one_look(world: World) -> None:
    hint = looked_at(world)
    acts.admit(world, watch=WatchMove.LOOK)

    answers = [acts.settle(world, hint, acts.GIVE_UP) for _ in range(2)]

    assert answers == [["due"], ["due"]]
    assert acts.timeline(world).count(note(Code.LOOK_AGAIN, REF)) == 1


def test_a_cancelled_order_ends_although_an_event_came_before(world: World) -> None:
    hint = looked_at(world)
    acts.admit(world, watch=WatchMove.START)
    acts.admit(world, watch=WatchMove.END)

    last_look(world, hint)
    acts.settle(world, hint, acts.AGAIN)

    assert where(world.redis, REF) == ["ended"]


def test_an_event_that_only_looks_leaves_an_ended_watch_ended(world: World) -> None:
    last_look(world, looked_at(world))

    acts.admit(world, watch=WatchMove.LOOK)

    assert where(world.redis, REF) == ["ended"]


def test_a_watch_that_lost_its_workers_has_all_its_attempts_after_an_event(
    world: World,
) -> None:
    acts.sent(world, acts.watch(world))
    for _ in range(2):
        acts.sent(world, acts.claim_back(world, "westcon"))
    acts.admit(world, watch=WatchMove.LOOK)

    hint = acts.claim_back(world, "westcon")

    assert acts.going(world, hint) == [REF]
    assert acts.field(world, REF, "tries") == "1"


def test_an_event_before_the_look_begins_asks_for_no_second_one(world: World) -> None:
    hint = acts.watch(world)
    acts.admit(world, watch=WatchMove.START)

    last_look(world, acts.sent(world, hint))

    assert where(world.redis, REF) == ["ended"]


def test_the_same_begin_again_takes_no_event_back_that_came_in_between(
    world: World,
) -> None:
    hint = looked_at(world)
    acts.admit(world, watch=WatchMove.LOOK)

    last_look(world, acts.sent(world, hint))

    assert due_now(world)


def test_a_watch_that_is_handed_back_after_an_event_is_due_at_once(
    world: World,
) -> None:
    hint = acts.watch(world)
    acts.admit(world, watch=WatchMove.LOOK)

    world.ledger.hand_back(hint, hint.claims, after=60.0)

    assert due_now(world)


def test_the_mark_stays_until_a_look_begins(world: World) -> None:
    hint = looked_at(world)
    acts.admit(world, watch=WatchMove.START)
    last_look(world, hint)
    handed = acts.claim(world, "westcon")

    world.ledger.hand_back(handed, handed.claims, after=60.0)

    assert due_now(world)
