"""Walks of the runbook where something has waited for days, or Redis is slow.

What is a day old was made a moment ago, and its moment set back in the ledger.
"""

import json
import re
import time
from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.faults.proxy import Mode, Proxy
from tests.faults.ways import to_redis
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.waiting import until
from tests.runbook.walk import Reader, metrics_of
from workers.ledger import keys

pytestmark = [pytest.mark.processes, pytest.mark.long, pytest.mark.timeout(240)]

ORDERS = feed.numbers(0, 2)
DAY = 86_400


def test_a_letter_of_yesterday_is_decided_about(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillDeadLettersForgotten")
        worker = site.worker("only").started()
        route = f"receiver.{RECEIVER}"
        site.partners.faults.order(route, Fault.status(400, "no such SKU"), None)
        feed.publish(site.redis.url, ORDERS)
        until("all are given up", lambda: len(site.ledger.letters()) == len(ORDERS))
        site.partners.faults.clear(route)
        dead = keys.dead(keys.prefix(0))
        first = next(iter(site.ledger.letters()))
        site.ledger.client.zincrby(dead, -2 * DAY * 1000, first)

        until("it is forgotten", lambda: reader.count(metrics_of(worker)()) > DAY)
        reader.sees("dead letters that wait for a decision: 2")
        groups = reader.types("waybill dead-letters list --older 1d").output
        [forgotten] = re.findall(r"show (delivery:\S+)", groups)
        assert forgotten == first
        for id_ in site.ledger.letters():
            reader.types("waybill dead-letters replay ID", ID=id_)
        accounts = accounted(site, ORDERS)
        until("it is gone", lambda: reader.count(metrics_of(worker)()) < DAY)
        reader.well()
    assert accounts.lost == frozenset()


def test_a_reconciliation_that_nobody_has_run_for_days_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillReconcileOld")
        worker = site.worker("only").started()
        reader.types("waybill reconcile")
        site.ledger.client.hincrby(keys.RECONCILED, "at", -3 * DAY * 1000)

        last = reader.hears(metrics_of(worker))
        assert time.time() - last > 2 * DAY

        reader.types("waybill reconcile")
        until(
            "it is of today",
            lambda: time.time() - reader.count(metrics_of(worker)()) < DAY,
        )
        reader.well()


def test_events_that_were_handed_out_are_admitted_by_a_faster_redis(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(10, 60)
    with (
        running_site(tmp_path, INTAKE_BATCH="5") as site,
        Proxy(site.redis.port) as proxy,
    ):
        reader, near = Reader(site, "WaybillAdmissionBehind"), site.settings
        to_redis(site, proxy)
        site.worker("far").started()
        site.settings = near
        looks = site.worker("near", "--without-intake", "-Q", "ingram").started()
        proxy.switch(Mode.LATENCY, 0.4)
        feed.publish(site.redis.url, orders)

        reader.hears(metrics_of(looks))
        seen = json.loads(reader.looks("waybill status", also=("--json",)).stdout)
        assert seen["stream"]["pending"] > 0
        reader.named("redis-cli --latency")

        proxy.switch(Mode.PASS)
        accounts = accounted(site, orders)
        until("all are admitted", lambda: reader.count(metrics_of(looks)()) == 0)
        reader.well()
    assert accounts.lost == frozenset()
