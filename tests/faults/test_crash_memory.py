"""A worker may take no more memory in the middle of its work; nothing is lost."""

import resource
from functools import partial
from pathlib import Path

import pytest

from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker

pytestmark = [pytest.mark.processes, pytest.mark.long]

#: What it reports, or Python for it, when there is no memory for something.
STARVED = ("MemoryError", "can't start new thread", "Cannot allocate memory")


def starve(worker: Worker) -> None:
    """Let it have the memory that it has, and nothing more."""
    pages = int(Path(f"/proc/{worker.pid}/statm").read_text().split()[0])
    size = pages * resource.getpagesize()
    resource.prlimit(worker.pid, resource.RLIMIT_AS, (size, size))


def feels_it(worker: Worker) -> bool:
    output = worker.output()
    return not worker.running or any(word in output for word in STARVED)


def has_begun(site: Site, worker: Worker) -> bool:
    """Whether it is in calls; some of its threads have not been needed yet."""
    assert worker.running
    return bool(site.ledger.sending("delivery:"))


def test_a_worker_out_of_memory_loses_nothing(tmp_path: Path) -> None:
    orders = feed.numbers(0, 200)
    with running_site(tmp_path, delay=0.1, LEASE="3", DEADLINE="2") as site:
        worker = site.worker("starved", "-c", "32").started()
        feed.publish(site.redis.url, orders[:10])
        until("it has begun", partial(has_begun, site, worker))

        starve(worker)
        feed.publish(site.redis.url, orders[10:])
        until("memory is missing", partial(feels_it, worker))
        in_calls = len(site.ledger.sending("delivery:"))
        worker.kill()
        site.worker("healthy", "-c", "32").started()
        accounts = accounted(site, orders)

    row = Figures(
        "C7",
        "a worker without memory, then SIGKILL",
        events=len(orders),
        kills=1,
        in_calls=int(in_calls > 0),
        lost=len(accounts.lost),
        doubled=accounts.doubled,
        ambiguous=accounts.ambiguous,
    )
    record(row)
    assert accounts.lost == frozenset()
    assert accounts.under_two_ids == frozenset()
    assert accounts.doubled <= accounts.ambiguous
    assert accounts.dead == 0
