"""The receiver's journal against what was published: missing, or twice."""

from collections import Counter
from collections.abc import Iterable

from sandbox.partners.ingram.receiver import Delivery
from tests.processes.environ import RECEIVER
from tests.processes.site import Site


def accepted(site: Site, order: str | None = None) -> list[Delivery]:
    """What the receiver acted on, of one order or of all, as it came."""
    found = site.partners.deliveries(RECEIVER)
    return [d for d in found if d.accepted and order in {None, d.order_number}]


def missing(site: Site, orders: Iterable[str]) -> frozenset[str]:
    """The orders of which the receiver has heard nothing."""
    return frozenset(orders) - {one.order_number for one in accepted(site)}


def again(site: Site) -> int:
    """How often one order's same statuses came beyond the first time, under any id."""
    notified = Counter((one.order_number, one.statuses) for one in accepted(site))
    return sum(times - 1 for times in notified.values())


def ids(site: Site) -> int:
    """Under how many event ids the receiver was notified at all."""
    return len({one.event_id for one in accepted(site)})


def polls(site: Site) -> Counter[str]:
    """How often Westcon was asked for each order."""
    asked: Counter[str] = Counter()
    for entry in site.partners.journal.entries("westcon.order_status"):
        numbers = entry.facts.get("orders")
        assert isinstance(numbers, list)
        asked.update(numbers)
    return asked
