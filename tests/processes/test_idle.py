"""A worker that has nothing to do asks little of Redis."""

import time
from pathlib import Path

import pytest
import redis

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

#: Commands a second, those of scripts counted one by one. A busy machine turns slower,
#: and so sends fewer.
MOST = 7

#: Until the loops of a worker that has started are at rest, and for the measurement.
SETTLING, SECONDS = 5.0, 15.0


def test_a_worker_that_rests_sends_few_commands_and_wakes_at_once(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 2)
    with running_site(tmp_path) as site:
        site.worker("only").started()
        client = site.ledger.client
        passes(SETTLING)
        first, began = commands(client), time.monotonic()
        passes(SECONDS)
        last, ended = commands(client), time.monotonic()

        feed.publish(site.redis.url, orders)
        accounts = accounted(site, orders)

    assert (last - first) / (ended - began) <= MOST
    assert accounts.lost == frozenset()


def passes(seconds: float) -> None:
    ends = time.monotonic() + seconds
    until("time passes", lambda: time.monotonic() >= ends)


def commands(client: redis.Redis) -> int:
    """How many commands Redis has run so far."""
    return int(client.info("stats")["total_commands_processed"])
