"""Walks of the runbook where events are not what they should be, or come too fast."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import ALWAYS, Site, running_site
from tests.processes.waiting import until
from tests.redis_servers import free_port
from tests.runbook.walk import Reader, metrics_of
from tests.serve.conftest import Caller, tokens
from tests.waybill.test_frozen_redis import MAIN

pytestmark = [pytest.mark.processes, pytest.mark.long, pytest.mark.timeout(240)]

FIRST, SECOND = feed.numbers(0, 2)
THIRD = feed.numbers(10, 1)[0]


def changed(body: bytes, **changes: object) -> bytes:
    """An event with other attributes."""
    return json.dumps(json.loads(body) | changes).encode()


def misspelled(number: str) -> bytes:
    event = json.loads(feed.placed(number))
    event["data"]["custmer_id"] = event["data"].pop("customer_id")
    return json.dumps(event).encode()


def test_orders_of_two_sources_are_kept_apart_from_then_on(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillOrdersMerged")
        worker = site.worker("only").started()
        stream = feed.stream_at(site.redis.url)
        stream.publish(feed.placed(FIRST))
        stream.publish(changed(feed.placed(FIRST), source="/erp/other", id="other"))

        before = reader.hears(metrics_of(worker))
        line = json.loads(reader.finds(worker, "orders_merged"))
        assert line["order"] == FIRST
        assert {line["source"], line["first_source"]} == {"/erp/other", feed.SOURCE}
        told = reader.types("waybill explain ORDER", ORDER=line["order"]).output
        assert "this event is of source /erp/other" in told

        setting, _, way = reader.named("WAYBILL_NAMESPACE=source").partition("=")
        site.settings = {**site.settings, setting: way}
        refused = site.worker("another way")
        assert refused.exit_code() != 0
        assert "names orders by number" in refused.output()

        # The other ERP has numbers of its own now.
        stream.publish(changed(feed.placed(SECOND), source="/erp/other", id="own"))
        accounts = accounted(site, [FIRST, SECOND])
        reader.well()
        assert reader.count(metrics_of(worker)()) == before
    assert accounts.lost == frozenset()


def test_a_member_that_nobody_reads_is_written_as_it_should_be(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillMisspelled")
        worker = site.worker("only").started()
        stream = feed.stream_at(site.redis.url)
        stream.publish(misspelled(FIRST))

        before = reader.hears(metrics_of(worker))
        line = json.loads(reader.finds(worker, "member_misspelled"))
        assert (line["order"], line["meant"]) == (FIRST, "customer_id")
        assert "custmer_id" in line["member"]

        stream.publish(changed(feed.placed(FIRST), id="as it should be"))
        stream.publish(feed.placed(SECOND))
        accounts = accounted(site, [FIRST, SECOND])
        reader.well()
        assert reader.count(metrics_of(worker)()) == before
        reader.named("WAYBILL_STRICT_EVENTS")
    assert accounts.lost == frozenset()


def test_a_backlog_of_events_is_read_by_more_workers(tmp_path: Path) -> None:
    orders = feed.numbers(0, 60)
    with running_site(tmp_path, delay=0.5, INTAKE_AHEAD="5", INTAKE_BATCH="5") as site:
        reader = Reader(site, "WaybillIntakeBehind")
        worker = site.worker("one").started()
        feed.publish(site.redis.url, orders)

        reader.hears(metrics_of(worker))
        seen = json.loads(reader.looks("waybill status", also=("--json",)).stdout)
        assert seen["stream"]["unread"] > 0
        assert sum(one["due"] + one["leased"] for one in seen["destinations"]) > 0
        assert "waybill_oldest_unread_seconds " in metrics_of(worker)()

        site.worker("two").started()
        accounts = accounted(site, orders)
        reader.well()
        until("all are read", lambda: reader.count(metrics_of(worker)()) == 0)
    assert accounts.lost == frozenset()


def door(site: Site) -> tuple[Caller, Callable[[], str]]:
    """An open door of its own process, and its metrics."""
    port = free_port()
    command = (sys.executable, "-c", MAIN, "serve", "--port", str(port))
    settings = {**site.settings, "WAYBILL_HTTP__TOKENS": tokens()}
    site.child("door", *command, **settings)
    caller = Caller(f"http://127.0.0.1:{port}")

    def open_() -> bool:
        try:
            return caller.get("/live").ok
        except requests.ConnectionError:
            return False

    until("the door is open", open_)
    return caller, lambda: caller.get("/metrics").text


def test_what_the_door_could_not_keep_is_posted_again(tmp_path: Path) -> None:
    with running_site(tmp_path, redis=ALWAYS) as site:
        reader = Reader(site, "WaybillDoorFails")
        site.worker("only").started()
        caller, metrics = door(site)
        site.redis.kill()

        refused = caller.post(feed.placed(FIRST))
        before = reader.hears(metrics)
        reader.finds(site.children["door"], "redis_failed")
        reader.named("/ready")
        ready = caller.get("/ready")

        site.redis.start()
        again = caller.post(feed.placed(FIRST))
        accounts = accounted(site, [FIRST])
        reader.well()
        assert reader.count(metrics()) >= before
        assert caller.get("/ready").status_code == 200
    assert (refused.status_code, ready.status_code) == (503, 503)
    assert again.status_code == 202, again.text
    assert accounts.lost == frozenset()
