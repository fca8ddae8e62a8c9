"""A pause that ends in the middle is completed, and no resume is undone."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import redis

from tests.defaults import endpoint_states
from tests.ledger.clock import World, build
from tests.ledger.test_partner_ends import MOST, REFUSED, ends_of
from workers.ledger import keys
from workers.ledger.audit.actor import Actor
from workers.ledger.endpoints.states import EndpointStates
from workers.ledger.scripts import Call

PARTITIONS = 3
JANE = Actor("jane", run="r1")


@pytest.fixture
def world(redis: redis.Redis) -> World:
    return build(redis, partitions=PARTITIONS)


def states_of(world: World) -> EndpointStates:
    return endpoint_states(world.redis, world.scripts, PARTITIONS, 0.0)


def marks(world: World, destination: str = "deck") -> int:
    """In how many partitions it is paused."""
    roots = map(keys.prefix, range(PARTITIONS))
    return sum(
        world.redis.sismember(keys.disabled(root), destination) for root in roots
    )


def is_failing(world: World) -> int:
    return world.redis.exists(keys.condition("deck"))


class Meanwhile:
    """Has another one act between the condition and the marks, once."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self._run_all, self._acts = world.scripts.run_all, list[Callable[[], object]]()
        patch.setattr(world.scripts, "run_all", self)

    def __call__(self, calls: Sequence[Call]) -> list[Any]:
        while self._acts and calls[0].script in {"disable", "enable"}:
            self._acts.pop()()
        return self._run_all(calls)

    def does(self, act: Callable[[], object]) -> None:
        self._acts.append(act)


@pytest.mark.parametrize("broken", range(PARTITIONS))
def test_a_pause_whose_marks_failed_is_completed_by_the_next_failure(
    world: World, broken: int
) -> None:
    ends, key = ends_of(world), keys.disabled(keys.prefix(broken))
    world.redis.set(key, "of another kind")
    for _ in range(MOST):
        ends.note("deck", REFUSED)
    world.redis.delete(key)
    assert marks(world) < PARTITIONS

    ends.note("deck", REFUSED)

    assert marks(world) == PARTITIONS
    why = states_of(world).conditions(["deck"])["deck"].why
    assert why == f"{MOST} in a row were given up, the last with deck_2"


def test_a_pause_that_is_in_every_partition_is_not_marked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    states, seen = states_of(world), []
    states.pause("deck", "why")
    Meanwhile(world, monkeypatch).does(lambda: seen.append("marked"))

    states.gave_up("deck", "deck_2", MOST)

    assert seen == []


@pytest.mark.parametrize("by_whom", ["jane", "a worker"])
def test_a_persons_pause_that_was_cut_short_is_completed(
    world: World, by_whom: str
) -> None:
    states, key = states_of(world), keys.disabled(keys.prefix(1))
    world.redis.set(key, "of another kind")
    with pytest.raises(redis.ResponseError):
        states.pause("deck", "maintenance", JANE)
    world.redis.delete(key)

    if by_whom == "jane":
        states.pause("deck", "again", Actor("jane", run="r2"))
    else:
        states.gave_up("deck", "deck_2", MOST)

    assert marks(world) == PARTITIONS
    assert states.conditions(["deck"])["deck"].why == "maintenance"


def cut_short(world: World) -> EndpointStates:
    """A pause that is in no partition."""
    states = states_of(world)
    states._report("deck", "disable", "why", "", "a-pause")
    return states


def test_who_completes_a_pause_does_not_undo_a_resume(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = cut_short(world)
    meanwhile = Meanwhile(world, monkeypatch)
    meanwhile.does(lambda: states.resume("deck"))

    states.gave_up("deck", "deck_2", MOST)

    assert (marks(world), is_failing(world)) == (0, 0)


def test_two_that_complete_a_pause_at_once_complete_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = cut_short(world)
    meanwhile = Meanwhile(world, monkeypatch)
    meanwhile.does(lambda: states.gave_up("deck", "deck_2", MOST))

    states.gave_up("deck", "deck_2", MOST)

    assert marks(world) == PARTITIONS
    assert states.resume("deck")
    assert marks(world) == 0


@pytest.mark.parametrize("by", [None, Actor("joe", run="r3")])
def test_a_resume_leaves_the_marks_of_a_pause_that_follows_it(
    world: World, monkeypatch: pytest.MonkeyPatch, by: Actor | None
) -> None:
    states = states_of(world)
    states.pause("deck", "why")
    seen = []
    meanwhile = Meanwhile(world, monkeypatch)

    def again() -> None:
        states.pause("deck", "anew", by)
        # Before the resume has looked whether there is another one.
        monkeypatch.setattr(states, "_standing", lambda _: None)

    meanwhile.does(again)
    states.resume("deck")
    seen.append(marks(world))

    assert seen == [PARTITIONS]
    assert states.conditions(["deck"])["deck"].why == "anew"


def test_a_resume_of_what_was_not_paused_gives_back_what_a_pause_has_marked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = states_of(world)
    Meanwhile(world, monkeypatch).does(lambda: states.pause("deck", "anew"))

    states.resume("deck")

    assert marks(world) == PARTITIONS


def test_after_a_resume_that_was_cut_short_a_new_row_pauses_it_again(
    world: World,
) -> None:
    states, ends = states_of(world), ends_of(world)
    states.pause("deck", "why")
    # It has ended the pause, and has reached one partition.
    ended = states._report("deck", "enable").pause
    world.scripts.run(Call("enable", keys.prefix(0), ("deck", ended)))

    for _ in range(MOST):
        ends.note("deck", REFUSED)

    assert marks(world) == PARTITIONS
    assert states.resume("deck")
    assert (marks(world), is_failing(world)) == (0, 0)


def test_a_pause_of_an_older_release_is_kept_and_resumed(world: World) -> None:
    states = states_of(world)
    key = keys.condition("deck")
    world.redis.hset(key, mapping={"disabled": 1, "why": "why", "run": ""})
    world.scripts.run(Call("disable", keys.prefix(0), ("deck",)))

    states.gave_up("deck", "deck_2", MOST)

    assert marks(world) == PARTITIONS
    assert states.resume("deck")
    assert (marks(world), is_failing(world)) == (0, 0)
