"""Breadth-first search of every reachable state, with the shortest way to a breach."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from tests.model.protocol import steps
from tests.model.rules import Rule
from tests.model.states import ENDED, Move, State

S = TypeVar("S")
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Search(Generic[M]):
    """What a search saw: the rule that broke, '' for none, and the way there."""

    states: int
    moves: int
    broken: str
    way: tuple[M, ...]


def explore(start: State, rules: Mapping[str, Rule], wrong: str = "") -> Search[Move]:
    """Search the deliveries' protocol."""
    return search(start, rules, partial(steps, wrong=wrong), _complete)


def search(
    start: S,
    rules: Mapping[str, Callable[[S, M, S], bool]],
    moves_of: Callable[[S], Iterable[tuple[M, S]]],
    complete: Callable[[S], bool],
) -> Search[M]:
    """Search until a rule breaks; where none does, completion is looked for (I8)."""
    places = {start: 0}
    found: list[S] = [start]
    came: list[tuple[int, M | None]] = [(0, None)]
    before: list[list[int]] = [[]]
    moves = 0
    # The list grows while it is read: that is the queue of the search.
    for at, state in enumerate(found):
        for move, after in moves_of(state):
            moves += 1
            for name, keeps in rules.items():
                if not keeps(state, move, after):
                    return Search(len(found), moves, name, (*_way(came, at), move))
            to = places.setdefault(after, len(found))
            if to == len(found):
                found.append(after)
                came.append((at, move))
                before.append([])
            before[to].append(at)
    ends = [at for at, state in enumerate(found) if complete(state)]
    stuck = _stuck(len(found), before, ends)
    if stuck is None:
        return Search(len(found), moves, "", ())
    return Search(len(found), moves, "I8 completion", _way(came, stuck))


def _way(came: list[tuple[int, M | None]], at: int) -> tuple[M, ...]:
    way: list[M] = []
    at, move = came[at]
    while move is not None:
        way.append(move)
        at, move = came[at]
    return tuple(reversed(way))


def _stuck(states: int, before: list[list[int]], ends: list[int]) -> int | None:
    """The first state from which no end can be reached any more, if any."""
    reaches = set(ends)
    while ends:
        for at in before[ends.pop()]:
            if at not in reaches:
                reaches.add(at)
                ends.append(at)
    return next((at for at in range(states) if at not in reaches), None)


def _complete(state: State) -> bool:
    return all(item.state in ENDED for item in state.items)
