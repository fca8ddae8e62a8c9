"""Events that come twice, and ten at once: their effects come once."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults import repeats
from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.ledger_servers import fails_over
from tests.processes.site import running_site

pytestmark = pytest.mark.processes


def test_what_comes_twice_or_ten_times_at_once_has_effect_once(tmp_path: Path) -> None:
    twice, often = feed.numbers(0, 100), feed.numbers(500, 20)
    orders = twice + often
    # Copies of one event meet in one hint, and in those of two workers: ten producers
    # publish ten copies at once, and the others far apart.
    copies = [*twice * 2]
    random.Random(7).shuffle(copies)
    copies += [order for order in often for _ in range(10)]
    with running_site(tmp_path, delay=0.05) as site:
        for worker in [site.worker("first"), site.worker("second")]:
            worker.started()
        stream = feed.stream_at(site.redis.url)

        with ThreadPoolExecutor(10) as producers:
            list(producers.map(stream.publish, map(feed.placed, copies)))
        accounts = accounted(site, orders)

        assert site.ledger.count("admitted") == len(orders)
        # An ERP publishes again what is in doubt.
        again = site.ledger.count("duplicate") - (len(copies) - len(orders))
        assert again == 0 or (again > 0 and fails_over())
    assert accounts.lost == frozenset()
    repeats.are_held(accounts.doubled, accounts.ambiguous)
    assert accounts.dead == 0
    record(Figures("E1", "every event twice, or 10 times at once", len(copies)))
