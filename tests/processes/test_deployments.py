"""Two deployments meet on one Redis: real workers, as they are set up by mistake."""

from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.pages import page
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes

#: Fifteen seconds are promised; a busy machine may take some for itself.
SOON = 20.0


def worker_of(site: Site, deployment: str) -> Worker:
    """A worker that has this name, or none."""
    site.settings = {**site.settings, "WAYBILL_DEPLOYMENT": deployment}
    return site.worker(deployment or "nameless")


def reasons(site: Site, deployment: str) -> list[str]:
    named = {**site.settings, "WAYBILL_DEPLOYMENT": deployment}
    found: list[str] = Terminal(named).json("status")["reasons"]
    return found


def test_a_worker_of_another_deployment_never_takes_an_order(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 20)
    with running_site(tmp_path) as site:
        worker_of(site, "production").started()
        others = [worker_of(site, name) for name in ("staging", "")]
        feed.publish(site.redis.url, orders)

        codes = [other.exit_code() for other in others]
        accounts = accounted(site, orders)

        assert reasons(site, "production") == []
    for other, message in zip(others, ("is staging", "is not set"), strict=True):
        assert "belongs to deployment production" in other.output()
        assert f"WAYBILL_DEPLOYMENT {message}" in other.output()
        assert "--rename-deployment production" in other.output()
        assert "Traceback" not in other.output()
        assert "westcon.poll" not in other.output()
    assert not {0, None} & set(codes)
    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)


def test_a_worker_without_a_name_that_was_there_before_is_reported(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        nameless = worker_of(site, "").started()
        assert reasons(site, "") == []

        worker_of(site, "production").started()

        [reason] = until("it is reported", lambda: reasons(site, "production"), SOON)
        status, body = page(nameless, "/ready")
        nameless.kill()
        until("all is well", lambda: not reasons(site, "production"), SOON)
    assert reason.startswith("workers of a deployment without a name work on the")
    assert f"process {nameless.pid} " in reason
    assert status == 503
    assert "belongs to deployment production" in body
