"""A worker is cut off from one side while it still reaches the other: B5."""

import time
from pathlib import Path

import pytest

from tests.faults.proxy import Mode, Proxy
from tests.faults.under_fault import (
    LONG,
    UnderFault,
    busy,
    ended,
    keep,
    seconds_to_notify,
    story,
    under_fault,
)
from tests.faults.ways import port_of, to_receiver, to_redis
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import running_site

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300), pytest.mark.long]

THREADS = 8


def test_b5_a_worker_without_redis_leaves_its_calls_to_another(tmp_path: Path) -> None:
    # The cut outlasts the lease: the healthy worker must take over what the other may
    # have sent and cannot record.
    *steadily, last = orders = feed.numbers(0, 200)
    with running_site(tmp_path, delay=0.1) as site, Proxy(site.redis.port) as proxy:
        healthy = site.worker("healthy").started()
        to_redis(site, proxy)
        cut = site.worker("cut").started()

        with feed.publishing(site.redis.url, steadily, per_second=25.0):
            busy(site)
            proxy.switch(Mode.BLACKHOLE)
            time.sleep(10.0)
            proxy.switch(Mode.PASS)
            recovered = seconds_to_notify(site, last)
        accounts = accounted(site, orders, LONG)
        cost = UnderFault(
            accounts, recovered, ended({"healthy": healthy, "cut": cut}), story(site)
        )

    keep("B5", "one of two workers cut off from Redis for 10 s", orders, cost)
    assert accounts.ambiguous <= THREADS


@pytest.mark.parametrize("mode", [Mode.RST, Mode.BLACKHOLE], ids=["rst", "blackhole"])
def test_b5_workers_without_their_receiver_try_again(
    tmp_path: Path, mode: Mode
) -> None:
    orders = feed.numbers(0, 200)
    with (
        running_site(tmp_path, delay=0.1, INGRAM__BREAKER_SECONDS="1") as site,
        Proxy(port_of(site.partners.url)) as proxy,
    ):
        to_receiver(site, proxy)

        def strike() -> None:
            proxy.switch(mode)
            time.sleep(5.0)
            proxy.switch(Mode.PASS)

        cost = under_fault(site, orders, strike)

    what = f"{mode.name.lower()} before the receiver for 5 s, Redis is reached"
    keep("B5", what, orders, cost)
