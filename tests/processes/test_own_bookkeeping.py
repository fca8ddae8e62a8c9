"""What fails of our own behind a send: files that cannot be opened, notes not made."""

import sys
from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.worker import Worker, celery
from workers.celery_app.open_files import BASE, PER_THREAD

pytestmark = pytest.mark.processes

THREADS = 8
#: What a worker is given that may open 64 files, and may raise that to so many.
_LIMITED = (
    "import os, resource, sys;"
    "resource.setrlimit(resource.RLIMIT_NOFILE, (64, int(sys.argv[1])));"
    "os.execv(sys.argv[2], sys.argv[2:])"
)


def limited(site: Site, most: int) -> Worker:
    """Start a worker that begins with 64 open files."""
    command = (*celery("workers"), "worker", "-n", "few@%h", "-c", str(THREADS))
    limit = (sys.executable, "-c", _LIMITED, str(most))
    worker = Worker((*limit, *command), site.folder / "few.log", site.settings)
    site.children["few"] = worker
    site.things.callback(worker.end)
    return worker


def test_a_worker_raises_its_limit_of_open_files_and_repeats_nothing(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 60)
    with running_site(tmp_path, delay=0.1) as site:
        worker = limited(site, most=1024).started()

        feed.publish(site.redis.url, orders)
        accounts = accounted(site, orders)

        raised = _soft_limit(worker)
    assert raised >= BASE + PER_THREAD * THREADS
    assert (accounts.lost, accounts.dead) == (frozenset(), 0)
    assert accounts.doubled == accounts.ambiguous == 0


def test_a_worker_that_may_not_have_enough_open_files_does_not_begin(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        worker = limited(site, most=64)

        code = worker.exit_code()

    needed = BASE + PER_THREAD * THREADS
    assert code == 2
    assert f"may have 64 files and connections open here; it needs {needed}" in (
        worker.output()
    )
    assert "ulimit -n" in worker.output()
    assert "Traceback" not in worker.output()


def test_a_note_that_fails_behind_a_send_has_nothing_sent_again(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 30)
    with running_site(tmp_path) as site:
        app = "tests.processes.unnoting_app"
        worker = site.worker("only", app=app).started()
        # A failure, too, is what it is, whatever can be noted of it.
        refusing = Fault.status(429)
        site.partners.faults.order(f"receiver.{RECEIVER}", refusing, times=5)

        feed.publish(site.redis.url, orders)
        accounts = accounted(site, orders)

        output = worker.output()
    assert (accounts.lost, accounts.dead) == (frozenset(), 0)
    assert accounts.doubled == accounts.ambiguous == 0
    for part in ("gate", "endpoint", "measure"):
        assert f'"what": "{part}", "error": "OSError", "event": "not_noted"' in output


def _soft_limit(worker: Worker) -> int:
    limits = Path(f"/proc/{worker.pid}/limits").read_text()
    (line,) = [one for one in limits.splitlines() if one.startswith("Max open files")]
    return int(line.split()[3])
