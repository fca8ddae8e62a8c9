"""Walks of the runbook where a partner is away, or answers in words of its own."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tasks.planning.statuses import DEFAULT_STATUSES
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from tests.runbook.page import THREE, night
from tests.runbook.walk import Reader, metrics_of

pytestmark = [pytest.mark.processes, pytest.mark.long, pytest.mark.timeout(240)]

FIRST, *REST = ORDERS = feed.numbers(0, 3)
ROUTE = "westcon.order_status"


def polled(reader: Reader, number: str) -> bool:
    return reader.looks("waybill poll ORDER", ORDER=number).exit_code == 0


@pytest.mark.parametrize("cause", ["lost", "worker"])
def test_a_send_of_which_nobody_knows_is_found(tmp_path: Path, cause: str) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillAmbiguous")
        worker = site.worker("first").started()
        fault = Fault.apply_then_drop() if cause == "lost" else Fault.delay(3.0)
        site.partners.faults.order(f"receiver.{RECEIVER}", fault)
        feed.publish(site.redis.url, [FIRST])
        if cause == "worker":
            until("it is notified", lambda: site.partners.applied(RECEIVER))
            worker.kill()
            worker = site.worker("second").started()

        before = reader.hears(metrics_of(worker))
        reader.named(cause)
        order, told = doubted(reader, worker, cause)
        assert order == FIRST
        assert "reset" in told or "its worker ended while sending" in told
        feed.publish(site.redis.url, REST)
        accounts = accounted(site, ORDERS)
        reader.well()
        assert reader.count(metrics_of(worker)()) == before
    assert accounts.lost == accounts.under_two_ids == frozenset()
    assert accounts.doubled <= accounts.ambiguous == 1


def doubted(reader: Reader, worker: Worker, cause: str) -> tuple[str, str]:
    """The order that was sent into the dark, and what is shown of it."""
    if cause == "lost":
        line = json.loads(reader.finds(worker, "again"))
        reader.named(line["code"])
        order = str(line["order"])
    else:
        lines = reader.types("waybill orders export").stdout.splitlines()
        code = f'"code": "{reader.named("ambiguous")}"'
        [order] = [json.loads(one)["order"] for one in lines if code in one]
    return order, reader.types("waybill explain ORDER", ORDER=order).output


def test_values_that_no_rule_reads_are_shown(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillUnreadableValues")
        worker = site.worker("only").started()
        odd = Fault.values(lineQuantity="two", shipDate="25 Sept")
        site.partners.faults.order(ROUTE, odd, None)
        feed.publish(site.redis.url, [FIRST])

        reader.hears(metrics_of(worker))
        told = reader.types("waybill explain ORDER", ORDER=FIRST).output
        assert "cannot read" in told
        assert "25 Sept" in told

        reader.named("serializers/westcon/values.py")
        # Westcon writes as before, or a rule reads it.
        site.partners.faults.clear(ROUTE)
        before = reader.count(metrics_of(worker)())
        feed.publish(site.redis.url, REST)
        accounts = accounted(site, ORDERS)
        reader.well()
        assert reader.count(metrics_of(worker)()) == before
    assert accounts.lost == frozenset()


def test_a_status_that_the_table_lacks_is_put_into_it(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillUnknownStatus")
        for number in (FIRST, REST[0]):
            site.partners.orders.stepping(number, ("QQQ", "INV"), by="hand")
        worker = site.worker("old").started()
        feed.publish(site.redis.url, [FIRST])

        reader.hears(metrics_of(worker))
        assert json.loads(reader.finds(worker, "status_not_known"))["status"] == "QQQ"

        listed = reader.types("waybill orders list --stage CODE", CODE="QQQ").output
        assert FIRST in listed

        worker.end()
        known = {code: asdict(rule) for code, rule in DEFAULT_STATUSES.items()}
        table = json.dumps(known | {"QQQ": {"rank": 30}})
        site.settings = {
            **site.settings,
            reader.named("WAYBILL_WESTCON__STATUSES"): table,
        }
        worker = site.worker("new").started()
        feed.publish(site.redis.url, REST)
        for number in (FIRST, REST[0]):
            site.partners.orders.advance(number)
            # While it is being asked for nothing of it waits.
            until("it is asked for again", partial(polled, reader, number))
        accounts = accounted(site, ORDERS)
        reader.well()
        assert reader.count(metrics_of(worker)()) == 0
    assert accounts.lost == frozenset()


SLOW, AWAY = Fault.delay(30.0), Fault.status(503)


@pytest.mark.parametrize("fault", [SLOW, AWAY], ids=["slow", "away"])
def test_westcon_is_out_at_three_in_the_morning(tmp_path: Path, fault: Fault) -> None:
    with running_site(tmp_path, LEASE="3", DEADLINE="2") as site:
        reader = Reader(site, THREE)
        site.worker("only").started()
        site.partners.faults.order(ROUTE, fault, None)
        feed.publish(site.redis.url, ORDERS)

        shut = reader.sees("westcon is not called until")
        assert "… is not called until …" in night()
        assert "failures in a row" in shut
        told = reader.types("waybill explain ORDER", ORDER=FIRST).output
        assert "westcon is not called until" in told
        checked = json.loads(reader.looks("waybill doctor", also=("--json",)).stdout)
        assert "westcon.access" in {
            one["name"] for one in checked if one["verdict"] == "wrong"
        }

        site.partners.faults.clear(ROUTE)
        reader.types("waybill gate open DESTINATION", DESTINATION="westcon")
        accounts = accounted(site, ORDERS)
        reader.well()
    assert accounts.lost == accounts.under_two_ids == frozenset()
    assert accounts.dead == 0


def test_deck_is_down_at_three_in_the_morning(tmp_path: Path) -> None:
    with running_site(tmp_path, DECK__BREAKER_SECONDS="3") as site:
        reader = Reader(site, THREE)
        site.worker("only").started()
        site.partners.faults.order("deck.link", AWAY, None)
        feed.publish(site.redis.url, ORDERS)

        reader.sees("deck is not called until")
        assert "nothing: it goes on by itself" in night()
        told = reader.types("waybill explain ORDER", ORDER=FIRST).output
        assert "deck" in told
        # The receivers hear of everything meanwhile.
        until("all are notified", lambda: len(site.partners.applied(RECEIVER)) == 3)

        site.partners.faults.clear("deck.link")
        accounts = accounted(site, ORDERS)
        reader.well()
    assert accounts.lost == accounts.under_two_ids == frozenset()
    assert accounts.dead == 0
