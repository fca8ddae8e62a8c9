"""Read-only list of orders, by pages: each takes a bounded time, whatever is asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import redis

from workers.ledger import keys
from workers.ledger.views.order_rows import (
    Candidate,
    OrderRow,
    moved_ms,
    order_rows,
)
from workers.redis.answers import number, text

#: Keys that Redis is asked for in one step of a page.
STEP = 500

#: No number that Redis takes is as large.
LONGEST = 2**63


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders are listed: those for which all of it holds.

    Attributes:
        state: `open` or `finished`, "" for either.
        unmoved_ms: UTC ms since which nothing of it has changed, 0 for any.
        stage: a status of Westcon's, in any case; "" for any.
        destination: that it has had something for, "" for any.
        customer: of DECK's, "" for any.
        failing: only those that fail and come again.
    """

    state: str = ""
    unmoved_ms: int = 0
    stage: str = ""
    destination: str = ""
    customer: str = ""
    failing: bool = False

    def has(self, row: OrderRow) -> bool:
        """Whether the order is among them."""
        checks = (
            not self.state or row.state == self.state,
            not self.unmoved_ms or moved_ms(row.order) < self.unmoved_ms,
            not self.stage or self.stage.upper() in row.stages,
            not self.destination or self.destination in row.destinations,
            not self.customer or row.order.customer_id == self.customer,
        )
        return all(checks)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on.

    Attributes:
        source: the number of the list of candidates, see `_sources`.
        cursor: Redis' own in that list.
        done: candidates of that step which were looked at already.
    """

    source: int = 0
    cursor: int = 0
    done: int = 0

    def __str__(self) -> str:
        return f"{self.source}.{self.cursor}.{self.done}"


@dataclass(slots=True)
class Page:
    """Some of the orders that are asked for.

    Attributes:
        rows: the orders.
        after: where the next page begins, None after the last.
        looked_at: candidates that were looked at.
    """

    rows: list[OrderRow] = field(default_factory=list)
    after: Place | None = None
    looked_at: int = 0


def place_of(given: str) -> Place:
    """The place that a cursor names; raises ValueError where it is none."""
    source, cursor, done = map(int, given.split("."))
    if not 0 <= min(source, cursor, done) <= max(source, cursor, done) < LONGEST:
        raise ValueError(given)
    return Place(source, cursor, done)


def order_page(
    client: "redis.Redis",
    wanted: Wanted,
    most: int,
    start: Place,
    partitions: int,
    goes_on: Callable[[int], bool] = lambda _: True,
) -> Page:
    """A page: at most so many orders, or what was found when it was ended.

    Those that fail come by how long they have; all others in Redis' own order. What is
    there all the time comes at least once; what changes meanwhile may come twice.

    Args:
        client: of the ledger.
        wanted: which orders.
        most: orders of the page.
        start: where it begins.
        partitions: of the ledger.
        goes_on: is asked after each step, with how many were looked at.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    page, at, listed = Page(), start, set[str]()
    sources = _sources(client, wanted, partitions)
    while at.source < len(sources):
        following, step = sources[at.source].step(client, at.cursor)
        left = step[at.done :]
        rows = order_rows(
            client,
            left,
            customer=wanted.customer,
            failing=wanted.failing,
        )
        for n, row in enumerate(rows, at.done + 1):
            page.looked_at += 1
            if row is None or row.name in listed or not wanted.has(row):
                continue
            listed.add(row.name)
            page.rows.append(row)
            if len(page.rows) == most:
                page.after = _cut(at, n, len(step), following, len(sources))
                return page
        at = _next(at, following)
        if not goes_on(page.looked_at) and at.source < len(sources):
            page.after = at
            return page
    return page


def _next(at: Place, following: int) -> Place:
    return Place(at.source, following) if following else Place(at.source + 1)


def _cut(at: Place, done: int, of: int, following: int, sources: int) -> Place | None:
    """Where to go on behind a page that is full."""
    if done < of:
        return Place(at.source, at.cursor, done)
    after = _next(at, following)
    return after if after.source < sources else None


@dataclass(frozen=True, slots=True)
class _Source:
    """A list of candidates: refs of a sorted set, or every record where it is "".

    Attributes:
        key: the sorted set.
        ranked: whether it is read by its order, and not as Redis likes.
    """

    key: str = ""
    ranked: bool = False

    def step(self, client: "redis.Redis", cursor: int) -> tuple[int, list[Candidate]]:
        """The next cursor, 0 at the end; root, ref and score of each candidate."""
        if not self.key:
            following, found = client.scan(cursor, match=keys.ANY_RECORD, count=STEP)
            return int(following), [_of_record(text(key)) for key in found]
        root = self.key.partition("}:")[0] + "}:"
        some: Any
        if self.ranked:
            some = client.zrange(self.key, cursor, cursor + STEP - 1, withscores=True)
            following = cursor + STEP if len(some) == STEP else 0
        else:
            following, some = client.zscan(self.key, cursor, count=STEP)
        refs = [(root, text(ref), number(score)) for ref, score in map(tuple, some)]
        return int(following), refs


def _of_record(key: str) -> Candidate:
    root, name = key.split(keys.RECORD_PREFIX, 1)
    return root, keys.order_ref(name), 0


def _sources(client: "redis.Redis", wanted: Wanted, partitions: int) -> list[_Source]:
    """Where candidates are, by the narrowest list that has them all."""
    roots = [keys.prefix(partition) for partition in range(partitions)]
    if wanted.failing:
        return [_Source(keys.failing(root), ranked=True) for root in roots]
    if wanted.state != "open":
        return [_Source()]
    return [_Source(key) for root in roots for key in _held(client, root)]


def _held(client: "redis.Redis", root: str) -> Iterator[str]:
    """What holds the items of open orders: due, in a worker's hand, given up."""
    names = {text(one) for one in client.smembers(keys.destinations(root))}
    for name in sorted(names):
        yield keys.due(root, name)
        yield keys.leased(root, name)
    yield keys.dead(root)
