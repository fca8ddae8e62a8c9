"""Which of Celery's pools a worker takes, and what it reports of the others."""

from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import Site, running_site
from tests.processes.worker import Worker, celery

pytestmark = pytest.mark.processes


def started(site: Site, *pool: str) -> Worker:
    command = (*celery("workers"), "worker", *pool, "-n", "only@%h", "-c", "4")
    worker = Worker(command, site.folder / "only.log", site.settings)
    site.children["only"] = worker
    site.things.callback(worker.end)
    return worker


@pytest.mark.parametrize(
    "pool", ["prefork", pytest.param("processes", marks=pytest.mark.long)]
)
def test_a_pool_of_children_is_refused_in_one_sentence(
    tmp_path: Path, pool: str
) -> None:
    with running_site(tmp_path) as site:
        worker = started(site, "-P", pool)

        code = worker.exit_code()

    output = " ".join(worker.output().split())
    assert code == 2
    assert "Waybill runs on -P threads (the default) or -P solo" in output
    assert f"not on {pool}" in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("pool", "runs"),
    [
        ((), "thread"),
        pytest.param(("-P", "threads"), "thread", marks=pytest.mark.long),
        (("-P", "solo"), "solo"),
    ],
    ids=["none", "threads", "solo"],
)
def test_what_is_asked_for_is_what_runs(
    tmp_path: Path, pool: tuple[str, ...], runs: str
) -> None:
    orders = feed.numbers(0, 5)
    with running_site(tmp_path) as site:
        worker = started(site, *pool).started()

        feed.publish(site.redis.url, orders)
        accounts = accounted(site, orders)

        output = worker.output()
    assert f'"pool": "{runs}"' in output
    assert (accounts.lost, accounts.doubled, accounts.dead) == (frozenset(), 0, 0)
