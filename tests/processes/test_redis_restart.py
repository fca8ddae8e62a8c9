"""Redis dies and comes back with its file; the workers live through it."""

from functools import partial
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import ALWAYS, Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes


def has_done(site: Site, deliveries: int) -> bool:
    return site.ledger.count("done") > deliveries


def test_redis_killed_twice_in_the_middle_of_work_loses_nothing(tmp_path: Path) -> None:
    orders = feed.numbers(0, 150)
    with running_site(tmp_path, redis=ALWAYS, delay=0.05) as site:
        workers = [site.worker("first").started(), site.worker("second").started()]

        with feed.publishing(site.redis.url, orders, per_second=100):
            for share in (50, 150):
                until("enough is done", partial(has_done, site, share))
                site.redis.kill()
                site.redis.start()
        accounts = accounted(site, orders)
        alive = [worker.running for worker in workers]

    assert alive == [True, True]
    assert accounts.lost == frozenset()
    assert accounts.under_two_ids == frozenset()
    assert accounts.doubled <= accounts.ambiguous
    assert accounts.dead == 0
