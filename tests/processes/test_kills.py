"""Workers die in the middle of calls; nothing is lost, no repeat goes uncounted."""

from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

THREADS = 8

#: Orders between two kills.
EACH = 80


def test_workers_killed_in_the_middle_of_calls_lose_nothing(tmp_path: Path) -> None:
    orders = feed.numbers(0, 3 * EACH)
    with running_site(tmp_path, delay=0.075) as site:
        workers = [site.worker("first").started(), site.worker("second").started()]

        for kill in range(3):
            feed.publish(site.redis.url, orders[kill * EACH : (kill + 1) * EACH])
            # More deliveries under way than one worker has threads: both are in the
            # middle of some, whichever is killed.
            until(
                "both workers are in calls",
                lambda: len(site.ledger.sending("delivery:")) > THREADS,
            )
            workers[kill % 2].kill()
            workers[kill % 2] = site.worker(f"again{kill}").started()
        accounts = accounted(site, orders)

    assert accounts.lost == frozenset()
    assert accounts.under_two_ids == frozenset()
    assert accounts.doubled <= accounts.ambiguous
    assert 1 <= accounts.ambiguous <= 3 * THREADS
    assert accounts.dead == 0
