"""The network between workers and Redis misbehaves, mode by mode: B4."""

import time
from pathlib import Path

import pytest

from tests.faults.proxy import Mode, Proxy
from tests.faults.under_fault import keep, under_fault
from tests.faults.ways import to_redis
from tests.processes import feed
from tests.processes.ledger_servers import fails_over
from tests.processes.site import running_site

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

#: A lease that outlasts the fault and what follows it, so that a repeat would be a
#: defect: a call is followed by two round trips, and each may wait ten seconds on a
#: connection that is dead without a word.
LEASE, DEADLINE = "30", "10"


def cost_of(
    folder: Path, orders: tuple[str, ...], mode: Mode, seconds: float, late: float = 0
) -> None:
    with (
        running_site(folder, delay=0.1, LEASE=LEASE, DEADLINE=DEADLINE) as site,
        Proxy(site.redis.port) as proxy,
    ):
        to_redis(site, proxy)

        def strike() -> None:
            proxy.switch(mode, late)
            time.sleep(seconds)
            proxy.switch(Mode.PASS)

        cost = under_fault(site, orders, strike)

    keep("B4", f"{mode.name.lower()} before Redis for {seconds:g} s", orders, cost)
    assert cost.accounts.doubled == 0 or fails_over(), cost.story


def test_b4_reset_connections_to_redis_repeat_nothing(tmp_path: Path) -> None:
    cost_of(tmp_path, feed.numbers(0, 100), Mode.RST, 2.0)


@pytest.mark.long
@pytest.mark.parametrize(
    "mode",
    [Mode.BLACKHOLE, Mode.DROP, Mode.DROP_REPLIES],
    ids=lambda mode: mode.name.lower(),
)
def test_b4_a_cut_between_workers_and_redis_repeats_nothing(
    tmp_path: Path, mode: Mode
) -> None:
    cost_of(tmp_path, feed.numbers(0, 200), mode, 10.0)


@pytest.mark.long
def test_b4_a_slow_way_to_redis_repeats_nothing(tmp_path: Path) -> None:
    cost_of(tmp_path, feed.numbers(0, 200), Mode.LATENCY, 5.0, 0.3)
