"""Pass over the ledger's orders in steps, which leaves out none that is there.

Neither a failover nor an order's move into another partition makes it leave one out. A
cursor of SCAN names its server. An order moves once by a layout: where orders have
moved, the pass is made again, and those that the first one has missed stand still.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import redis

from workers.ledger import keys
from workers.ledger.layout.places import Places
from workers.ledger.views.order_rows import Candidate
from workers.redis.answers import number, octets, text

#: No number of a place is as large: cursors of SCAN, marked with their servers.
_LARGEST: Final = 2**128

#: A place at which nothing is left, where it is written.
_NOTHING: Final = "0"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pass goes on.

    Attributes:
        version: of the layout by which it began, plus one; 0 before it has begun.
        earlier: the same of the pass before it, 0 for the first one.
        part: of the lists that it goes over.
        cursor: in that one.
        left: what the last step has found and nobody has looked at yet.
    """

    version: int = 0
    earlier: int = 0
    part: int = 0
    cursor: int = 0
    left: tuple[str, ...] = ()

    def __str__(self) -> str:
        left = json.dumps(self.left, separators=(",", ":")).encode()
        spelled = base64.urlsafe_b64encode(left).decode().rstrip("=")
        numbers = (self.version, self.earlier, self.part, self.cursor)
        return ".".join([*map(str, numbers), spelled if self.left else _NOTHING])


def place_of(given: str) -> Place:
    """The place that a text names; raises ValueError where it is none."""
    *numbers, spelled = given.split(".")
    version, earlier, part, cursor = map(int, numbers)
    if not all(0 <= one < _LARGEST for one in (version, earlier, part, cursor)):
        raise ValueError(given)
    return Place(version, earlier, part, cursor, _left(spelled))


def _left(spelled: str) -> tuple[str, ...]:
    if spelled == _NOTHING:
        return ()
    padded = spelled + "=" * (-len(spelled) % 4)
    left = json.loads(base64.urlsafe_b64decode(padded.encode()))
    if not isinstance(left, list) or not all(isinstance(one, str) for one in left):
        raise ValueError(spelled)
    return tuple(left)


@dataclass(frozen=True, slots=True)
class Step:
    """What one step has found.

    Attributes:
        at: where it began.
        found: root, ref and score of each candidate.
        after: where its list goes on behind all of them.
        is_last: whether nothing is there.
    """

    at: Place
    found: Sequence[Candidate]
    after: Place
    is_last: bool


class Source(Protocol):
    """Lists in which all orders of a kind are; a step raises redis.RedisError."""

    def step(
        self, client: "redis.Redis", places: Places, at: Place, count: int
    ) -> Step:
        """About so many candidates."""

    def cut(self, step: Step, taken: int, left: Sequence[str]) -> Place:
        """Where it goes on behind so many of a step, of whose others these matter."""


class Records:
    """The records of all orders, which SCAN goes over; then what its last step left."""

    def step(
        self, client: "redis.Redis", places: Places, at: Place, count: int
    ) -> Step:
        after = replace(at, left=())
        roots, names = places.roots_of(at.left), list(at.left)
        if not names:
            cursor, page = client.scan(at.cursor, match=keys.ANY_RECORD, count=count)
            pairs = [text(key).split(keys.RECORD_PREFIX, 1) for key in page]
            roots, names = [root for root, _ in pairs], [name for _, name in pairs]
            after = replace(at, part=int(not cursor), cursor=int(cursor))
        found = [
            (root, keys.order_ref(name), 0)
            for root, name in zip(roots, names, strict=True)
        ]
        return Step(at, found, after, is_last=bool(after.part))

    def cut(self, step: Step, taken: int, left: Sequence[str]) -> Place:
        del taken
        return replace(step.after, left=tuple(left))


class Failing:
    """The items that fail and come again, by when they began to: a part a partition."""

    def step(
        self, client: "redis.Redis", places: Places, at: Place, count: int
    ) -> Step:
        root, passed = keys.prefix(at.part), 0
        fresh: list[Candidate] = []
        some: Any = range(count)
        while not fresh and len(some) == count:
            some = client.zrangebyscore(
                keys.failing(root), at.cursor, "+inf", passed, count, withscores=True
            )
            passed += len(some)
            fresh = [
                (root, text(ref), number(score))
                for ref, score in map(tuple, some)
                if not _is_passed(octets(ref), number(score), at)
            ]
        step = Step(at, fresh, at, is_last=False)
        if len(some) == count:
            return replace(step, after=self.cut(step, len(fresh), ()))
        after = replace(at, part=at.part + 1, cursor=0, left=())
        return replace(step, after=after, is_last=after.part >= places.layout.width)

    def cut(self, step: Step, taken: int, left: Sequence[str]) -> Place:
        del left
        _, ref, score = step.found[taken - 1]
        return replace(step.at, cursor=score, left=(ref,))


def _is_passed(ref: bytes, score: int, at: Place) -> bool:
    """Of those that began to fail in one moment, they come by their names."""
    return score == at.cursor and any(ref <= octets(one) for one in at.left)


def step_of(
    client: "redis.Redis", places: Places, source: Source, at: Place, count: int
) -> Step:
    """One step of a pass.

    Args:
        client: of the ledger.
        places: of orders.
        source: what it goes over.
        at: where it goes on.
        count: about how many candidates are asked for.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    begun = at if at.version else replace(at, version=places.layout.version + 1)
    return source.step(client, places, begun, count)


def following(places: Places, step: Step) -> Place | None:
    """Where a pass goes on behind a step, None where it is over.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    return _again(places, step.at) if step.is_last else step.after


def _again(places: Places, at: Place) -> Place | None:
    """Where a pass goes on that is over: at its beginning, if orders have moved."""
    places.renew()
    layout = places.layout
    is_same = layout.version + 1 == at.version
    if is_same and (not layout.is_moving or at.earlier == at.version):
        return None
    places.bring_waiting()
    return Place(version=layout.version + 1, earlier=at.version)
