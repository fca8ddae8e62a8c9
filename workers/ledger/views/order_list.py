"""Read-only list of orders, by pages: each takes a bounded time, whatever is asked."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

import redis

from workers.ledger.layout.places import Places
from workers.ledger.views.order_pass import (
    Failing,
    Place,
    Records,
    Source,
    following,
    step_of,
)
from workers.ledger.views.order_rows import (
    Candidate,
    OrderRow,
    moved_ms,
    order_rows,
    states,
)

#: Keys that Redis is asked for in one step of a page.
STEP = 500

#: Orders that a page's cursor names, where a smaller step would leave less.
MOST_LEFT = 8


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


def order_page(
    client: "redis.Redis",
    wanted: Wanted,
    most: int,
    start: Place,
    places: Places,
    goes_on: Callable[[int], bool] = lambda _: True,
) -> Page:
    """A page: at most so many orders, or what was found when it was ended.

    Those that fail come by how long they have; all others in Redis' own order. What is
    there all the time comes at least once, whatever happens between two pages. What
    changes meanwhile may come twice; where Redis fails over or orders move, much does.

    Args:
        client: of the ledger.
        wanted: which orders.
        most: orders of the page.
        start: where it begins.
        places: of orders.
        goes_on: is asked after each step, with how many were looked at.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    page, listed, count = Page(after=start), set[str](), STEP
    source: Source = Failing() if wanted.failing else Records()
    while page.after is not None:
        step = step_of(client, places, source, page.after, count)
        rows = list(_rows(client, wanted, step.found))
        room = most - len(page.rows)
        taken, fresh = _taken(rows, room, listed)
        left = [row.name for row in rows[taken:] if row is not None]
        if len(left) > MOST_LEFT and count > 1 and not wanted.failing:
            # The page's cursor names what is left of a step: a smaller one leaves less.
            count = room if room < count else 1
            continue
        listed |= {row.name for row in fresh}
        page.rows += fresh
        page.looked_at += taken
        page.after = source.cut(step, taken, left) if left else following(places, step)
        if len(page.rows) == most or not goes_on(page.looked_at):
            break
    return page


def _rows(
    client: "redis.Redis", wanted: Wanted, found: Sequence[Candidate]
) -> Iterator[OrderRow | None]:
    """A row for each candidate that is wanted, None for another."""
    failing, customer = wanted.failing, wanted.customer
    asked = list(found)
    if wanted.state and not failing:
        pairs = zip(found, states(client, found), strict=True)
        asked = [one for one, state in pairs if state == wanted.state]
    rows = order_rows(client, asked, customer=customer, failing=failing)
    read = dict(zip(asked, rows, strict=True))
    for one in found:
        row = read.get(one)
        yield row if row is not None and wanted.has(row) else None


def _taken(
    rows: Sequence[OrderRow | None], room: int, listed: Collection[str]
) -> tuple[int, list[OrderRow]]:
    """How many a page takes that has so much room; those of them that are new."""
    fresh: dict[str, OrderRow] = {}
    for n, row in enumerate(rows):
        if row is None or row.name in listed:
            continue
        if len(fresh) == room:
            return n, list(fresh.values())
        fresh.setdefault(row.name, row)
    return len(rows), list(fresh.values())
