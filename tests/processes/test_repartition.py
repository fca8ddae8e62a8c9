"""Orders move into another number of partitions while workers and events go on."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import redis

from sandbox.partners.ingram.receiver import Delivery
from tests.ledger import results_book
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.child import Child
from tests.processes.command import begun, printed
from tests.processes.environ import RECEIVER
from tests.processes.ledger_view import LedgerView
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from workers.ledger import keys
from workers.ledger.claims import busy
from workers.ledger.layout.layout import Stage, layout_of
from workers.ledger.repartition.names import ORDER, of_orders, pages
from workers.ledger.scripts import Scripts
from workers.ledger.stream.streams import Names, views_of
from workers.redis.answers import text

pytestmark = [
    pytest.mark.processes,
    pytest.mark.long,
    # Several thousand orders, on whatever else the machine does.
    pytest.mark.timeout(1200),
]

log = logging.getLogger(__name__)

#: Events a second that come meanwhile.
RATE = 200

#: Orders that the command moves in a second, so that there is a while to kill it in.
GENTLY = "400"

WIDTH = 8


class WideView(LedgerView):
    """All partitions of a ledger whose number changes, read from outside."""

    def __init__(self, client: "redis.Redis") -> None:
        super().__init__(client)
        self._roots = [keys.prefix(partition) for partition in range(WIDTH)]

    def count(self, name: str) -> int:
        found = (self.client.hget(keys.counts(root), name) for root in self._roots)
        return sum(int(one or 0) for one in found)

    def letters(self) -> dict[str, tuple[bytes, str]]:
        return {
            text(ref): (b"", text(self.client.hget(root + text(ref), "why")))
            for root in self._roots
            for ref in self.client.zrange(keys.dead(root), 0, -1)
        }

    @property
    def quiet(self) -> bool:
        width = layout_of(self.client).width
        seen = views_of(self.client, Names("orders:events", "waybill", width))
        if seen.pending_count() or seen.unread_count():
            return False
        work = busy(Scripts(self.client), width)
        return not any(one.waiting or one.leased for one in work)

    def picture(self) -> str:
        layout = layout_of(self.client)
        parcels = [self.client.smembers(f"{root}parcels") for root in self._roots]
        return f"{layout} {parcels} {astray(self, layout.goal)} {self.letters()}"


def astray(view: LedgerView, goal: int) -> int:
    """Orders that lie elsewhere than so many partitions have them."""
    return sum(
        name.partition != keys.partition_of(name.order, goal)
        for page in pages(view.client, keys.ANY_ORDER)
        for name in of_orders(view.client, page)
        if name.kind == ORDER
    )


def moments(site: Site, goal: int) -> Iterator[tuple[str, Callable[[], bool]]]:
    """Moments at which whoever moves orders is killed."""
    client = site.ledger.client

    def stage() -> Stage:
        return layout_of(client).stage

    yield "workers begin anew", lambda: stage() is Stage.WIDENING
    yield "orders begin to move", lambda: stage() is Stage.MOVING
    for share in (0.8, 0.5, 0.2):
        most = share * astray(site.ledger, goal)
        yield f"{share} are left", partial(_are_fewer, site, goal, most)


def _are_fewer(site: Site, goal: int, most: float) -> bool:
    is_moving = layout_of(site.ledger.client).stage is Stage.MOVING
    return is_moving and astray(site.ledger, goal) < most


def _ends_or(has_come: Callable[[], bool], child: Child) -> bool:
    return has_come() or not child.running


def moved(site: Site, goal: int) -> int:
    """Have the orders moved, and whoever does it killed; how often that was."""
    kills = 0
    for what, has_come in moments(site, goal):
        child = begun(site, "partitions", "apply", str(goal), "--rate", GENTLY)
        until(what, partial(_ends_or, has_come, child))
        if child.running:
            child.kill()
            kills += 1
    printed(site, "partitions", "apply", str(goal))
    return kills


def sequences(site: Site) -> dict[str, list[int]]:
    """The numbers of each order's results, in all streams."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for one in results_book.told(results_book.Of(site.ledger.client, WIDTH)):
        if "subject" in one.event:
            found[one.event["subject"]].append(int(one.event["sequence"]))
    return found


def repeats(site: Site) -> list[str]:
    """What the receiver acted on more than once: each try, and what the ledger has.

    Two tries of one number are two deliveries; else a send was repeated, and why that
    was stands in its history.
    """
    found: defaultdict[str, list[Delivery]] = defaultdict(list)
    for one in site.partners.deliveries(RECEIVER):
        if one.accepted:
            found[one.event_id].append(one)
    return [
        f"{every[0].order_number} {id_}: {list(map(_try, every))}, {_kept(site, id_)}"
        for id_, every in found.items()
        if len(every) > 1
    ]


def _try(one: Delivery) -> str:
    return f"try {one.headers['waybill-try']} at {one.at_ms}"


def _kept(site: Site, event_id: str) -> str:
    names = ("state", "fence", "tries", "history")
    ref = keys.delivery_ref(f"{event_id}.{RECEIVER}")
    return " ".join(f"{name}={site.ledger.field(ref, name)!r}" for name in names)


def test_orders_move_into_eight_partitions_and_three_while_events_come(
    tmp_path: Path,
) -> None:
    first, second, third = (feed.numbers(n * 10_000, 2_000) for n in range(3))
    orders = (*first[:600], *second, *third)
    with running_site(tmp_path) as site:
        site.ledger = WideView(site.ledger.client)
        workers = [site.worker(name).started() for name in ("one", "two")]
        feed.publish(site.redis.url, first[:600])
        accounted(site, first[:600])
        with feed.publishing(site.redis.url, second, RATE):
            kills = moved(site, 8)
        eight = begun(site, "partitions", "verify")
        assert eight.exit_code(120) == 0, eight.output()
        with feed.publishing(site.redis.url, third, RATE):
            kills += moved(site, 3)

        accounts = accounted(site, orders, seconds=400)
        log.warning("repartition: %d kills, %s", kills, accounts)
        three = begun(site, "partitions", "verify")
        assert three.exit_code(120) == 0, three.output()
        told, again = sequences(site), repeats(site)
        layout, left = layout_of(site.ledger.client), astray(site.ledger, 3)
        running = [worker.running for worker in workers]

    assert running == [True, True]
    assert kills >= 6
    assert (layout.stage, layout.count, left) == (Stage.SETTLED, 3, 0)
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0, again
    assert accounts.under_two_ids == frozenset()
    assert accounts.dead == 0
    gaps = {
        order: numbers
        for order, numbers in told.items()
        if sorted(numbers) != list(range(1, len(numbers) + 1))
    }
    assert gaps == {}
