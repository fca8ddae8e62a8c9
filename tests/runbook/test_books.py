"""Walks of the runbook where books are compared, or results are not read."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import running_site
from tests.processes.waiting import until
from tests.runbook.walk import Reader, metrics_of
from waybill.reconcile import pace
from workers.ledger.gates import Gates

pytestmark = [pytest.mark.processes, pytest.mark.long, pytest.mark.timeout(240)]

FIRST, *REST = ORDERS = feed.numbers(0, 3)
#: What is changed at this moment is compared, too.
NOW = ("--grace", "0")


@pytest.fixture(autouse=True)
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Partners are asked again at once; what is kept meanwhile is the test's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(pace, "PAUSE", 0.0)
    monkeypatch.setattr(Gates, "failed", lambda *_: 0.0)


def test_an_order_over_which_a_partner_stumbles_is_asked_for_again(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillReconcileNotAsked")
        worker = site.worker("only").started()
        feed.publish(site.redis.url, ORDERS)
        accounted(site, ORDERS)
        site.partners.faults.order("deck.history", Fault.status(500).on(FIRST), None)

        ran = reader.looks("waybill reconcile", also=("--deck", *NOW))
        assert ran.exit_code == 1, ran.output
        assert f"  {FIRST}: deck: " in ran.output
        reader.hears(metrics_of(worker))
        told = reader.types("waybill explain ORDER", ORDER=FIRST).output
        assert "deck took delivery" in told

        site.partners.faults.clear("deck.history")
        again = reader.types("waybill reconcile", also=("--deck", *NOW))
        assert "nothing was found" in again.output
        until("all were asked", lambda: reader.count(metrics_of(worker)()) == 0)
        reader.well()


def test_an_order_that_is_lost_is_published_by_the_plan(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillReconcileLost")
        worker = site.worker("only").started()
        feed.publish(site.redis.url, REST)
        accounted(site, REST)
        book, plan = tmp_path / "orders.csv", str(tmp_path / "plan.ndjson")
        rows = [f"{one},PO-{one},{one},CUST-{one}\n" for one in ORDERS]
        head = "order,purchase_order,westcon_number,customer_id\n"
        book.write_text(head + "".join(rows))
        compared = (f"--erp={book}", *NOW)

        ran = reader.looks("waybill reconcile", also=(*compared, "--plan", plan))
        assert ran.exit_code == 1, ran.output
        reader.hears(metrics_of(worker))
        reader.sees("found what is lost: 1")
        reader.named("waybill reconcile apply")
        reader.types("waybill reconcile apply PLAN", PLAN=plan)
        accounts = accounted(site, ORDERS)
        reader.types("waybill reconcile", also=compared)
        until("nothing is lost", lambda: reader.count(metrics_of(worker)()) == 0)
        reader.well()
    assert accounts.lost == frozenset()


def test_results_that_were_dropped_unread_are_asked_for(tmp_path: Path) -> None:
    with running_site(
        tmp_path, RESULTS__MAX_ENTRIES="2", RESULTS__MAX_UNREAD="4"
    ) as site:
        reader, results = Reader(site, "WaybillResultsLost"), "{wb:0}:results"
        client = site.ledger.client
        client.config_set("stream-node-max-entries", "1")
        client.xgroup_create(results, "erp", "0", mkstream=True)
        site.worker("first").started()
        feed.publish(site.redis.url, ORDERS)
        accounted(site, ORDERS)
        # A worker looks after them when it starts, and every minute.
        worker = site.worker("second").started()

        before = reader.hears(metrics_of(worker))
        reader.finds(worker, "results_dropped")
        assert "group erp" in reader.sees("results are kept")
        for number in ORDERS:
            told = reader.types("waybill explain ORDER --json", ORDER=number).stdout
            assert json.loads(told)["order"] == number

        answer: Any = client.xreadgroup("erp", "one", {results: ">"})
        client.xack(results, "erp", *(entry for entry, _ in answer[0][1]))
        reader.well()
        third = metrics_of(site.worker("third").started())
        turns = 'waybill_step_turns_total{step="release"}'
        until("it has looked, too", lambda: turns in third())
        assert reader.count(metrics_of(worker)()) == before
