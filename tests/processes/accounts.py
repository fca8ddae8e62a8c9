"""Accounts from the partners' journals: lost, doubled, under two ids."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tests.processes.environ import RECEIVER
from tests.processes.site import Site
from tests.processes.waiting import PATIENCE, until


@dataclass(frozen=True, slots=True)
class Accounts:
    """The receiver's and DECK's books against what was published.

    Attributes:
        lost: orders without their notification or without their link.
        doubled: notifications and links that were acted on again.
        under_two_ids: orders with one transition under several event ids.
        ambiguous: sends of which the ledger holds that nobody knows.
        dead: dead letters, of which good events should leave none.
    """

    lost: frozenset[str]
    doubled: int
    under_two_ids: frozenset[str]
    ambiguous: int
    dead: int


def accounted(site: Site, orders: Sequence[str], seconds: float = PATIENCE) -> Accounts:
    """Wait until all work has ended, then read the partners' books.

    Args:
        site: where it happened.
        orders: published as `feed.placed`, with a customer each.
        seconds: how long the work may take to end.
    """
    until("every order is served", lambda: _served(site) >= len(orders), seconds)
    until("the ledger is quiet", lambda: site.ledger.quiet, seconds)
    ids: defaultdict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for one in site.partners.deliveries(RECEIVER):
        assert one.verified, one.reason
        if one.accepted:
            ids[one.order_number, one.statuses].append(one.event_id)
    links = Counter(link.order for link in site.partners.links.history())
    notified = {order for order, _ in ids}
    return Accounts(
        lost=frozenset(orders) - (notified & links.keys()),
        doubled=sum(len(each) - 1 for each in ids.values())
        + sum(times - 1 for times in links.values()),
        under_two_ids=frozenset(o for (o, _), e in ids.items() if len(set(e)) > 1),
        ambiguous=site.ledger.ambiguous,
        dead=len(site.ledger.letters()),
    )


def _served(site: Site) -> int:
    """How many orders have both; a lost one keeps this below what was published."""
    applied = len(site.partners.applied(RECEIVER))
    return min(applied, len(site.partners.links.customers()))
