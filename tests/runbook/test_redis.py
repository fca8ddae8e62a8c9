"""Walks of the runbook where Redis has lost something, or is not fit."""

import shutil
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import running_site
from tests.processes.test_restored import copied, looked, served, set_back
from tests.processes.waiting import until
from tests.runbook.walk import Reader

pytestmark = [pytest.mark.processes, pytest.mark.long, pytest.mark.timeout(240)]

OLD, NEW = feed.numbers(0, 2), feed.numbers(10, 2)


@pytest.mark.parametrize("on_restore", ["continue", "hold"])
def test_an_older_file_is_taken_as_it_is(tmp_path: Path, on_restore: str) -> None:
    with running_site(tmp_path, ON_RESTORE=on_restore) as site:
        reader = (
            Reader(site, "WaybillSendingHeld")
            if on_restore == "hold"
            else Reader(site, "WaybillRestored")
        )
        site.worker("only").started()
        served(site, OLD)
        files = copied(site)
        served(site, NEW)
        looked(site)
        set_back(site, files)

        reader.sees("has gone back")
        if on_restore == "hold":
            reader.sees("nothing is sent")
            reader.sees("has gone back")
        feed.publish(site.redis.url, OLD + NEW)
        reader.types("waybill doctor --accept-restore")

        accounts = accounted(site, OLD + NEW)
        reader.well()
    assert accounts.lost == accounts.under_two_ids == frozenset()


def test_a_ledger_that_is_missing_comes_back_with_its_files(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillLedgerMissing")
        worker = site.worker("only").started()
        served(site, OLD)
        files = copied(site)
        site.ledger.client.flushall()

        reader.sees("mark is missing")

        worker.end()
        set_back(site, files)
        site.worker("next").started()
        served(site, NEW)
        accounts = accounted(site, OLD + NEW)
        until(
            "the mark is there", lambda: not any("mark" in r for r in reader.reasons())
        )
        for why in reader.reasons():
            assert "--accept-restore" in why, why
    assert accounts.lost == frozenset()
    shutil.rmtree(files, ignore_errors=True)


def test_a_redis_that_may_evict_is_set_right(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillRedisUnfit")
        site.worker("only").started()
        site.ledger.client.config_set("maxmemory-policy", "allkeys-lru")

        advice = reader.sees("may evict")
        assert "`waybill doctor`" in advice
        assert "noeviction" in reader.looks("waybill doctor").output

        site.ledger.client.config_set("maxmemory-policy", "noeviction")
        reader.well()


def test_events_that_were_cut_off_are_published_again(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillEventsLost")
        first = site.worker("calls").started()
        served(site, OLD)
        first.end()
        feed.publish(site.redis.url, NEW)
        site.ledger.client.xtrim("orders:events", maxlen=0, approximate=False)
        site.worker("reads").started()

        reader.sees("events were dropped from the stream before")

        feed.publish(site.redis.url, NEW)
        reader.types("waybill doctor --accept-gap")
        accounts = accounted(site, OLD + NEW)
        reader.well()
    assert accounts.lost == frozenset()


def test_a_group_that_reads_no_results_is_named(tmp_path: Path) -> None:
    with running_site(
        tmp_path, RESULTS__MAX_ENTRIES="2", RESULTS__MAX_UNREAD="6"
    ) as site:
        reader, results = Reader(site, "WaybillResultsLag"), "{wb:0}:results"
        site.ledger.client.xgroup_create(results, "erp", "0", mkstream=True)
        site.worker("only").started()
        served(site, OLD)
        served(site, NEW)

        assert "group erp" in reader.sees("results are kept")
        assert "XGROUP DESTROY" in reader.page_steps()

        site.ledger.client.xgroup_destroy(results, "erp")
        reader.well()
