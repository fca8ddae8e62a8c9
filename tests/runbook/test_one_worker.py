"""Walks of the runbook where one worker is unwell and others may not be."""

import re
import signal
from pathlib import Path

import pytest

from tests.faults.proxy import Mode, Proxy
from tests.faults.ways import to_redis
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.pages import page, problems
from tests.processes.site import running_site
from tests.processes.waiting import until
from tests.runbook.walk import Reader, metrics_of

pytestmark = [pytest.mark.processes, pytest.mark.long, pytest.mark.timeout(240)]

ORDERS = feed.numbers(0, 3)


def test_a_worker_whose_release_stands_still_is_restarted(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillStepStandsStill")
        worker = site.worker("unwell", app="tests.runbook.failing_app").started()
        feed.publish(site.redis.url, ORDERS)

        advice = reader.sees("Release of unwell@")
        assert "stands still" in advice
        reader.finds(worker, "step_failed")
        assert f"`kill {worker.pid}`" in advice

        worker.send(signal.SIGTERM)
        worker.exit_code()
        fresh = site.worker("well").started()
        accounts = accounted(site, ORDERS)
        reader.well()
        until("it turns", lambda: reader.count(metrics_of(fresh)()) > 0)
    assert accounts.lost == frozenset()


def test_a_worker_that_is_cut_off_comes_back(tmp_path: Path) -> None:
    with running_site(tmp_path) as site, Proxy(site.redis.port) as proxy:
        reader, ours = Reader(site, "WaybillWorkerCutOff"), site.settings
        healthy = site.worker("healthy").started()
        to_redis(site, proxy)
        cut = site.worker("cut").started()
        site.settings = ours

        proxy.switch(Mode.RST)
        until("it is cut off", lambda: reader.count(metrics_of(cut)()) < 1)
        assert reader.count(metrics_of(healthy)()) == 1
        reader.named("/ready")
        assert "does not answer" in problems(cut)["redis"]
        reader.finds(cut, "step_waits")
        feed.publish(site.redis.url, ORDERS)
        accounts = accounted(site, ORDERS)

        proxy.switch(Mode.PASS)
        until("it is back", lambda: page(cut, "/ready")[0] == 200)
        assert reader.count(metrics_of(cut)()) == 1
        reader.well()
    assert accounts.lost == frozenset()
    assert re.search(r"its leases end", reader.text)
