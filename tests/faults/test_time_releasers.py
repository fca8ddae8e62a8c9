"""Five workers release the same due work at once: each effect comes once."""

from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.faults import books, repeats
from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.ledger_servers import fails_over
from tests.processes.site import running_site

pytestmark = [pytest.mark.processes, pytest.mark.long]

#: How many calls fail first, so that their items fall due together, for all five.
FAILING = 150


def test_five_releasers_bring_about_each_effect_once(tmp_path: Path) -> None:
    orders = feed.numbers(0, 300)
    with running_site(
        tmp_path,
        delay=0.05,
        LEASE="20",
        DECK__BREAKER_FAILURES="1000",
        INGRAM__BREAKER_FAILURES="1000",
    ) as site:
        for route in ("deck.link", f"receiver.{RECEIVER}"):
            site.partners.faults.order(route, Fault.status(429), times=FAILING)
        workers = [site.worker(f"one{n}") for n in range(5)]
        for worker in workers:
            worker.started()

        feed.publish(site.redis.url, orders)
        accounts = accounted(site, orders)
        polls = books.polls(site)
        busy = [worker for worker in workers if "ingram.notify" in worker.output()]

    assert len(busy) > 1
    assert {polls[order] for order in orders} == {1} or fails_over()
    assert accounts.lost == frozenset()
    assert accounts.under_two_ids == frozenset()
    repeats.are_held(accounts.doubled, accounts.ambiguous)
    assert accounts.dead == 0
    record(Figures("T2", "5 workers, each with Release and Intake", len(orders)))
