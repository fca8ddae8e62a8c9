"""Busy workers may open no file and no connection for a while: H15."""

import resource
import time
from pathlib import Path

import pytest

from tests.faults.under_fault import keep, under_fault
from tests.processes import feed
from tests.processes.site import Site, running_site

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300), pytest.mark.long]

#: Below what a worker has open, so that it may open nothing more.
FEW = 8
SECONDS = 4.0


def allow_few(site: Site) -> None:
    """Whatever would be opened meanwhile fails; what is open stays so."""
    before = {}
    for worker in site.children.values():
        files = resource.RLIMIT_NOFILE
        soft, hard = before[worker.pid] = resource.prlimit(worker.pid, files)
        assert soft > FEW
        resource.prlimit(worker.pid, files, (FEW, hard))
    time.sleep(SECONDS)
    for pid, limits in before.items():
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)


def test_h15_workers_that_can_open_nothing_repeat_only_what_is_counted(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 300)
    with running_site(tmp_path, delay=0.1) as site:
        cost = under_fault(site, orders, lambda: allow_few(site), per_second=30.0)

    keep("H15", f"no file can be opened for {SECONDS:g} s", orders, cost)
