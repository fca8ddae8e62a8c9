"""A site under a steady load that is struck, and what that cost."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.accounts import Accounts, accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import Site
from tests.processes.waiting import until
from tests.processes.worker import Worker

#: Calls under way when a fault strikes.
BUSY = 4
#: A generous bound for new work after a fault.
HEALED = 60.0
#: A generous bound for whatever waits for a lease, or a lost hint, to end.
LONG = 110.0


@dataclass(frozen=True, slots=True)
class UnderFault:
    """What a fault cost.

    Attributes:
        accounts: the partners' books after everything has ended.
        recovered: seconds from the fault's end until an order that was published
            right then is notified.
        ended: names of workers that did not live through it.
        story: what the workers have complained of, for a test that fails.
    """

    accounts: Accounts
    recovered: float
    ended: tuple[str, ...]
    story: str = ""


def under_fault(
    site: Site,
    orders: Sequence[str],
    strike: Callable[[], None],
    also: Sequence[str] = (),
    *,
    per_second: float = 25.0,
    erp: str = "",
) -> UnderFault:
    """Publish steadily, strike two busy workers, wait until all work has ended.

    Args:
        site: with partners that take a while to answer.
        orders: published one after the other, before, during and after the fault; the
            last one right after it.
        strike: returns when the fault is over.
        also: orders that it has published.
        per_second: how fast they come; 0 is all of them before the fault, where it
            lasts longer than a producer tries.
        erp: the URL that they are published to; "" is Redis' own.
    """
    site.failover.postpone()
    workers = {name: site.worker(name).started() for name in ("first", "second")}
    *steadily, last = orders
    url = erp or site.redis.url
    with _published(url, steadily, per_second):
        busy(site)
        strike()
        # Of several servers a fault of Redis may have put one in another's place.
        site.failover.see_to_it()
        recovered = seconds_to_notify(site, last, erp)
    accounts = accounted(site, (*orders, *also), LONG)
    return UnderFault(accounts, recovered, ended(workers), story(site))


@contextmanager
def _published(url: str, orders: Sequence[str], per_second: float) -> Iterator[None]:
    if per_second:
        with feed.publishing(url, orders, per_second):
            yield
        return
    feed.publish(url, orders)
    yield


def busy(site: Site) -> None:
    """Wait until a fault would hit calls under way."""
    until("calls are under way", lambda: len(site.ledger.sending("delivery:")) >= BUSY)


def seconds_to_notify(site: Site, order: str, erp: str = "") -> float:
    """Publish an order now; how long it takes until its receiver is notified of it.

    What only waited to be recorded would show nothing about new work.
    """
    began = time.monotonic()
    feed.publish(erp or site.redis.url, [order])
    until("a new order is notified", lambda: order in _notified(site), HEALED)
    return time.monotonic() - began


def _notified(site: Site) -> set[str]:
    found = site.partners.deliveries(RECEIVER)
    return {one.order_number for one in found if one.accepted}


def ended(workers: dict[str, Worker]) -> tuple[str, ...]:
    return tuple(name for name, worker in workers.items() if not worker.running)


def story(site: Site) -> str:
    """What the workers have complained of, without their waiting for Redis."""
    lines = [
        f"{name}: {line[:500]}"
        for name, child in site.children.items()
        for line in child.output().splitlines()
        if '"level": "info"' not in line and '"event": "' in line
    ]
    notified = [line for line in lines if "step_waits" not in line]
    return "\n".join(["the workers reported:", *notified[-60:]])


def keep(fault: str, what: str, orders: Sequence[str], cost: UnderFault) -> None:
    """Put it into the table, and hold what holds for every fault."""
    accounts = cost.accounts
    row = Figures(
        fault,
        what,
        events=len(orders),
        lost=len(accounts.lost),
        doubled=accounts.doubled,
        ambiguous=accounts.ambiguous,
        recovered=cost.recovered,
    )
    record(row)
    assert accounts.lost == frozenset(), cost.story
    assert accounts.under_two_ids == frozenset()
    assert accounts.doubled <= accounts.ambiguous, cost.story
    assert accounts.dead == 0
    assert cost.ended == ()
