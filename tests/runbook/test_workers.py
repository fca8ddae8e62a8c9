"""Walks of the runbook where workers are missing, or do not fit each other."""

import json
import signal
from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.pages import page
from tests.processes.site import running_site
from tests.processes.test_presence import long_dead
from tests.processes.waiting import until
from tests.runbook.walk import Reader

pytestmark = [pytest.mark.processes, pytest.mark.long, pytest.mark.timeout(240)]

ORDERS = feed.numbers(0, 2)


def test_no_worker_is_alive(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillNoWorker")
        worker = site.worker("only").started()
        long_dead(site, worker)
        feed.publish(site.redis.url, ORDERS)

        assert "`celery -A workers worker`" in reader.sees("no worker is alive")

        site.worker("next").started()
        accounts = accounted(site, ORDERS)
        reader.well()
    assert accounts.lost == frozenset()


def test_no_worker_answers_prometheus(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillAbsent")
        long_dead(site, site.worker("only").started())

        assert "`celery -A workers worker`" in reader.sees("no worker is alive")

        worker = site.worker("next").started()
        reader.well()
        until(
            "redis is up", lambda: "waybill_redis_up 1.0" in page(worker, "/metrics")[1]
        )


def test_a_queue_that_nobody_serves_has_a_worker_again(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillUnserved")
        site.worker("some", "-Q", "orders,deck,westcon", "--without-intake").started()

        reader.sees("no worker serves queue ingram")
        assert "Intake" in reader.sees("no worker runs Intake")
        assert "-Q" in reader.page_steps()

        site.worker("more", "-Q", "ingram").started()
        reader.well()


def test_workers_that_differ_are_given_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waybill.status.differing.DEPLOYMENT_SECONDS", 0.0)
    with running_site(tmp_path) as site:
        reader, same = Reader(site, "WaybillSettingsDiffer"), site.settings
        site.worker("one").started()
        site.settings = {**same, "WAYBILL_DECK__FORMAT": "xml"}
        other = site.worker("other").started()
        site.settings = same

        reader.sees("workers differ in their settings of partners")

        other.send(signal.SIGTERM)
        other.exit_code()
        site.worker("other").started()
        reader.well()


def test_two_workers_of_one_name_get_names_of_their_own(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillNamesShared")
        site.worker("same").started()
        second = site.worker("same").started()

        reader.sees("workers that are alive and called same@")

        second.send(signal.SIGTERM)
        second.exit_code()
        site.worker("another").started()
        reader.well()


def test_workers_of_another_deployment_are_stopped(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        stranger = site.worker("nameless").started()
        site.settings = {**site.settings, "WAYBILL_DEPLOYMENT": "production"}
        reader = Reader(site, "WaybillDeployments")
        site.worker("ours").started()

        reader.sees("workers of a deployment without a name work on the")

        stranger.send(signal.SIGTERM)
        stranger.exit_code()
        reader.well()


def test_an_event_that_nobody_reads_is_read(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillEventWaits")
        calls = site.worker("calls", "--without-intake").started()
        ms = int(site.ledger.client.time()[0] * 1000) - 600_000
        (number,) = feed.numbers(0, 1)
        site.ledger.client.xadd(
            "orders:events", {"event": feed.placed(number)}, id=f"{ms}-1"
        )

        waits = reader.sees("an event has waited in the stream for 10 min")
        assert "`celery -A workers worker`" in waits

        site.worker("reads").started()
        accounts = accounted(site, [number])
        reader.well()
        assert calls.running
    assert accounts.lost == frozenset()


def test_work_that_nobody_does_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waybill.status.reasons.LATE_SECONDS", 1.0)
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillOverdue")
        site.worker("some", "--without-release").started()
        busy = Fault.status(503)
        site.partners.faults.order(f"receiver.{RECEIVER}", busy, len(ORDERS))
        feed.publish(site.redis.url, ORDERS)

        assert "`celery -A workers worker`" in reader.sees("has had work due for")
        shown = reader.types("waybill explain ORDER", ORDER=ORDERS[0]).output
        assert "no worker runs Release" in shown

        site.worker("more").started()
        accounts = accounted(site, ORDERS)
        reader.well()
    assert accounts.lost == frozenset()


def test_a_redis_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillRedisAway")
        worker = site.worker("only").started()
        reader.well()
        redis = site.redis.process
        assert redis is not None
        redis.send_signal(signal.SIGSTOP)

        hasty = reader.hurried("status")
        checked = reader.hurried("doctor", "--json")
        redis.send_signal(signal.SIGCONT)

        feed.publish(site.redis.url, ORDERS)
        accounts = accounted(site, ORDERS)
        reader.well()
        until("it is ready", lambda: page(worker, "/ready")[0] == 200)
    assert hasty.exit_code == 1
    assert "does not answer in time" in hasty.output
    assert any("does not answer" in one["says"] for one in json.loads(checked.stdout))
    assert accounts.lost == frozenset()
