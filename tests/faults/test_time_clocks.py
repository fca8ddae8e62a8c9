"""One worker's clock is wrong: nothing is lost, nothing comes twice."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.partners.ingram.receiver import Delivery
from tests.faults import clocks, repeats
from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site

pytestmark = [pytest.mark.processes, clocks.needed]

#: Seconds by which a clock differs from itself, for want of whole ones.
BLUR = 30


@contextmanager
def signing_at(folder: Path, offset: str) -> Iterator[tuple[Site, Path]]:
    """Two workers; whatever is signed is signed by the one with a clock of its own."""
    file = folder / "clock"
    clocks.set_to(file, offset)
    with running_site(folder, delay=0.05) as site:
        wrong = clocks.wrong(site, file)
        workers = [wrong.worker("wrong", "-Q", "deck,ingram")]
        workers += [site.worker("right", "-Q", "orders,westcon")]
        for worker in workers:
            worker.started()
        yield site, file


def signed_off(delivery: Delivery) -> float:
    """Seconds by which a signature's time is ahead of the receiver's clock."""
    return int(delivery.headers["webhook-timestamp"]) - delivery.at_ms / 1000


def held(site: Site, orders: tuple[str, ...]) -> None:
    """Everything arrived once, signed at the time that it is."""
    accounts = accounted(site, orders)
    signed = [signed_off(one) for one in site.partners.deliveries(RECEIVER)]
    assert max(map(abs, signed)) < BLUR
    assert accounts.lost == frozenset()
    repeats.are_held(accounts.doubled, accounts.ambiguous)
    assert accounts.dead == 0


@pytest.mark.parametrize(
    "seconds", [3600, pytest.param(-120, marks=pytest.mark.long)], ids="{:+d}".format
)
def test_a_worker_whose_clock_is_off_signs_at_the_time_that_it_is(
    tmp_path: Path, seconds: int
) -> None:
    orders = feed.numbers(0, 150)
    with signing_at(tmp_path, f"{seconds:+d}s") as (site, file):
        with feed.publishing(site.redis.url, orders, per_second=75):
            pass

        assert abs(clocks.notified(site, file) - time.time() - seconds) < BLUR
        held(site, orders)
    record(Figures("T1", f"the clock that signs is off by {seconds:+d} s", len(orders)))


@pytest.mark.long
def test_a_clock_that_jumps_back_an_hour_costs_nothing(tmp_path: Path) -> None:
    before, after = feed.numbers(0, 75), feed.numbers(100, 75)
    with signing_at(tmp_path, "+0s") as (site, file):
        with feed.publishing(site.redis.url, before, per_second=75):
            pass
        clocks.set_to(file, "-3600s")
        assert abs(clocks.notified(site, file) - time.time() + 3600) < BLUR
        with feed.publishing(site.redis.url, after, per_second=75):
            pass

        held(site, before + after)
    record(Figures("T1", "the clock that signs jumps back 1 h", len(before + after)))
