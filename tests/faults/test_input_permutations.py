"""Five events of one order in each of their 120 orders: all end alike."""

from itertools import permutations
from pathlib import Path

import pytest

from serializers.order_record import Line
from tests.faults import books, repeats, story
from tests.faults.figures import Figures, record
from tests.ledger.clock import store_of
from tests.processes import feed
from tests.processes.ledger_servers import fails_over
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from workers.settings.settings import Settings
from workers.wiring.ledger import ledger_parts

pytestmark = pytest.mark.processes

STAGES = ("IM::shipped", "IM::invoiced")


def published(site: Site) -> dict[str, tuple[int, ...]]:
    """Give each order a permutation of its own, and mix the orders' events."""
    chosen = dict(
        zip(feed.numbers(0, 120), permutations(range(5)), strict=True),
    )
    stream = feed.stream_at(site.redis.url)
    for turn in range(5):
        for number, permutation in chosen.items():
            stream.publish(story.five(number)[permutation[turn]])
    return chosen


def snapshots(site: Site, numbers: list[str]) -> dict[str, tuple[Line, ...]]:
    """The lines of each order as the ledger keeps them."""
    settings = Settings.load(site.settings)
    parts = ledger_parts(settings, site.ledger.client)
    held = store_of(parts).orders(numbers)
    return {one.order.number: one.order.lines for one in held if one.order is not None}


def notified(site: Site) -> dict[str, list[str]]:
    """The line statuses that the receiver was notified of each order, in its order."""
    found: dict[str, list[str]] = {}
    for one in books.accepted(site):
        found.setdefault(one.order_number, []).extend(one.statuses[1::2])
    return found


def test_every_permutation_of_an_orders_events_ends_in_the_same_state(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        # Westcon is behind the ERP: its lines are never notified after what is newer.
        site.partners.orders.answer_all(["SCH"])
        for worker in [site.worker("first"), site.worker("second")]:
            worker.started()

        chosen = published(site)
        until("the last status is notified", lambda: invoiced(site) == len(chosen))
        until("the ledger is quiet", lambda: site.ledger.quiet)

        histories = notified(site)
        lines = snapshots(site, list(chosen))
        customers = site.partners.links.customers()
        doubled = books.again(site)
        ambiguous = site.ledger.ambiguous
        assert site.ledger.letters() == {}

    assert histories.keys() == chosen.keys()
    for number, history in histories.items():
        # Open states come and go: Westcon, asked later, has the line scheduled.
        ranks = [STAGES.index(status) for status in history if status in STAGES]
        assert ranks == sorted(ranks), (chosen[number], history)
        assert len(ranks) == len(set(ranks)) or fails_over(), history
        assert history[-1] == "IM::invoiced"
    ends = {
        (each[0].key.removeprefix(number), each[0].status, each[0].ordered, len(each))
        for number, each in lines.items()
    }
    assert ends == {("/10", "INV", "1", 1)}
    assert customers == dict.fromkeys(chosen, "CUST-NEW")
    repeats.are_held(doubled, ambiguous)
    what, events = "5 events in all 120 orders", 5 * len(chosen)
    record(Figures("E2", what, events, doubled=doubled, ambiguous=ambiguous))


def invoiced(site: Site) -> int:
    return sum(history[-1] == "IM::invoiced" for history in notified(site).values())
