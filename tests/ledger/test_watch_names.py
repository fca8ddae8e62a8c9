"""Watches under the names of releases before, and several watches of one order.

A release before called the one watch of an order `order:<order>`. Whoever meets that
name, in a list, in a hint or from a person, goes on under the watch's name of today.
"""

from dataclasses import replace

from tasks.ledger_values import Claim, Hint, WatchChange, WatchMove
from tests.ledger import acts
from tests.ledger.clock import World
from workers.redis.answers import text

OLD, NEW = "order:SO-1", "watch:westcon:SO-1"
LISTS = ("due:westcon", "leased:westcon", "dead")


def as_before(world: World) -> list[str]:
    """Give the watch the name of a release before where it stands; in which lists."""
    found = []
    for name in LISTS:
        key = f"{{wb:0}}:{name}"
        score = world.redis.zscore(key, NEW)
        if score is not None:
            world.redis.zrem(key, NEW)
            world.redis.zadd(key, {OLD: score})
            found.append(name)
    return found


def refs(hint: Hint) -> list[str]:
    return [one.ref for one in hint.claims]


def members(world: World) -> set[str]:
    return {
        text(m) for name in LISTS for m in world.redis.zrange(f"{{wb:0}}:{name}", 0, -1)
    }


def test_a_leased_watch_of_a_release_before_is_claimed_back(world: World) -> None:
    acts.watch(world)
    assert as_before(world) == ["leased:westcon"]

    claimed = acts.claim_back(world, "westcon")

    assert refs(claimed) == [NEW]
    assert acts.going(world, claimed) == [NEW]
    assert members(world) == {NEW}


def test_a_due_watch_of_a_release_before_is_looked_at(world: World) -> None:
    acts.settle(world, acts.sent(world, acts.watch(world)), acts.AGAIN)
    assert as_before(world) == ["due:westcon"]
    world.clock.advance(10_000)

    claimed = acts.claim(world, "westcon")

    assert refs(claimed) == [NEW]
    assert acts.going(world, claimed) == [NEW]
    assert members(world) == {NEW}


def test_a_hint_of_a_release_before_begins_its_watch(world: World) -> None:
    hint = acts.watch(world)
    as_before(world)
    old = replace(hint, claims=(Claim(OLD, hint.claims[0].fence),))

    assert len(acts.going(world, old)) == 1
    assert acts.settle(world, old, acts.AGAIN) == ["due"]
    assert members(world) == {NEW}


def test_a_dead_letter_of_a_release_before_is_replayed_by_its_old_name(
    world: World,
) -> None:
    acts.settle(world, acts.sent(world, acts.watch(world)), acts.GIVE_UP)
    assert as_before(world) == ["dead"]

    assert world.letters.replay(OLD) == "replayed"

    assert acts.going(world, acts.claim(world, "westcon")) == [NEW]


def both(world: World) -> tuple[Hint, Hint]:
    """An order that is watched at two partners; a hint of each."""
    changes = [WatchChange(name, WatchMove.START, name) for name in ("westcon", "deck")]
    admission = replace(acts.admission(world), watches=tuple(changes))
    first, second = world.ledger.admit([admission])[0].leased
    return first, second


def test_each_watch_of_an_order_has_attempts_of_its_own(
    world: World,
) -> None:
    first, second = (acts.sent(world, hint) for hint in both(world))
    acts.settle(world, second, acts.AGAIN)
    world.clock.advance(10_000)

    again = acts.sent(world, acts.claim(world, "deck"))

    assert (refs(first), refs(again)) == ([NEW], ["watch:deck:SO-1"])
    assert acts.field(world, NEW, "tries") == "1"
    assert acts.field(world, "watch:deck:SO-1", "tries") == "2"


def test_one_watch_of_an_order_ends_and_the_other_goes_on(
    world: World,
) -> None:
    first, second = (acts.sent(world, hint) for hint in both(world))
    world.ledger.advance(first, "run", [acts.seen(world, first, next_look=None)])

    acts.settle(world, second, acts.AGAIN)
    world.clock.advance(10_000)

    assert refs(acts.claim(world, "westcon")) == []
    assert refs(acts.claim(world, "deck")) == ["watch:deck:SO-1"]
