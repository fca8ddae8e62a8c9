"""The health pages of a real worker, on a Redis that goes and one that forgets."""

import signal
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.pages import page, problems
from tests.processes.site import running_site
from tests.processes.waiting import until
from tests.waybill.doctor.findings import found
from tests.waybill.terminal import Terminal
from workers.ledger.identity.metadata import LOST
from workers.telemetry.exposition import OPEN_METRICS
from workers.telemetry.ledger_metrics import FAMILIES

pytestmark = pytest.mark.processes

README = Path(__file__).parents[2] / "README.md"
MARK = "| the ledger's mark is missing |"


def test_the_pages_state_what_a_worker_does(tmp_path: Path) -> None:
    orders = feed.numbers(0, 5)
    with running_site(tmp_path) as site:
        worker = site.worker("only").started()
        feed.publish(site.redis.url, orders)
        feed.stream_at(site.redis.url).publish(b"not json")
        accounted(site, orders)

        live, ready = page(worker, "/live"), page(worker, "/ready")
        status, metrics = page(worker, "/metrics")
        _, traced = page(worker, "/metrics", accept=OPEN_METRICS)

    assert (live[0], ready[0], status) == (200, 200, 200)
    assert "# TYPE waybill_delivery_ambiguous_total counter\n" in metrics
    for cause in ("gateway", "lost", "worker"):
        assert f'waybill_delivery_ambiguous_total{{cause="{cause}"}} 0.0' in metrics
    assert "\nwaybill_redis_up 1.0\n" in metrics
    assert "\nwaybill_dead_letters 1.0\n" in metrics
    for destination in ("westcon", "deck", "ingram/acme"):
        assert f'waybill_items_due{{destination="{destination}"}} 0.0' in metrics
    assert 'waybill_events_total{verdict="admitted"} 5.0' in metrics
    assert 'waybill_event_to_delivery_seconds_count{kind="link"} 5.0' in metrics
    assert 'waybill_orders_per_call_sum{destination="westcon"}' in metrics
    assert "\nwaybill_build_info{" in metrics
    assert traced.endswith("# EOF\n")


def test_a_worker_is_not_ready_without_redis_and_ready_again_with_it(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        worker = site.worker("only").started()

        site.redis.kill()
        gone = problems(worker)
        live = page(worker, "/live")
        metrics = page(worker, "/metrics")
        site.redis.start()

        until("it is ready again", lambda: not problems(worker))
    assert "does not answer" in gone["redis"]
    assert live[0] == 200
    assert metrics[0] == 200
    assert_only_its_own(metrics[1])


def test_a_worker_that_starts_without_redis_lives_and_is_ready_when_it_comes(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        site.redis.kill()
        worker = site.worker("early")
        until("it has looked", lambda: "redis_awaited" in worker.output())

        live, ready = page(worker, "/live"), problems(worker)
        metrics = page(worker, "/metrics")
        site.redis.start()
        until("it is ready", lambda: not problems(worker))

    assert live[0] == 200
    assert list(ready) == ["redis"]
    assert "is awaited" in ready["redis"]
    assert metrics[0] == 200
    assert_only_its_own(metrics[1])


def test_the_pages_of_a_worker_come_while_redis_is_frozen(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        worker = site.worker("only").started()
        assert site.redis.process is not None
        site.redis.process.send_signal(signal.SIGSTOP)
        try:
            gone, metrics = problems(worker), page(worker, "/metrics")
        finally:
            site.redis.process.send_signal(signal.SIGCONT)

    assert "does not answer" in gone["redis"]
    assert metrics[0] == 200
    assert_only_its_own(metrics[1])


def assert_only_its_own(metrics: str) -> None:
    """What the ledger would show is not there, neither old nor zero."""
    assert "\nwaybill_redis_up 0.0\n" in metrics
    assert "# TYPE waybill_step_turns_total counter\n" in metrics
    for family in FAMILIES:
        assert family.name not in metrics


def test_unread_events_are_counted_by_a_worker_that_reads_none(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        worker = site.worker("only", "--without-intake").started()
        feed.publish(site.redis.url, feed.numbers(0, 3))

        _, metrics = page(worker, "/metrics")

    assert "\nwaybill_events_unread 3.0\n" in metrics
    assert "\nwaybill_events_pending 0.0\n" in metrics


def test_all_state_the_same_of_a_redis_that_has_forgotten_the_ledger(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        worker, waybill = site.worker("only").started(), Terminal(site.settings)

        site.ledger.client.flushall()

        ready = problems(worker)["redis"]
        status = waybill.json("status")["reasons"]
        doctor = found(waybill, "--offline")["ledger"]
    assert ready == str(LOST)
    assert any(reason.startswith(str(LOST)) for reason in status)
    assert (doctor["verdict"], doctor["says"]) == ("wrong", LOST.message)
    assert doctor["advice"] == LOST.advice
    [row] = [line for line in README.read_text("utf-8").splitlines() if MARK in line]
    assert row.endswith(f" {LOST.advice} |")
