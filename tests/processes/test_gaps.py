"""A producer drops what nobody has read, or deletes the stream, beside real workers."""

import signal
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.pages import page, problems
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes

#: Workers meet one kind in every run; the account itself is held on both.
KINDS = [pytest.param("bundled", marks=pytest.mark.long), "system"]

STREAM = "orders:events"


def reasons(site: Site) -> list[str]:
    found: list[str] = Terminal(site.settings).json("status")["reasons"]
    return found


def add(site: Site, number: str, *, keep: int | None = None) -> None:
    """As an ERP does it that wants its stream short."""
    site.ledger.client.xadd(
        STREAM, {"event": feed.placed(number)}, maxlen=keep, approximate=False
    )


def test_a_producer_that_trims_is_reported_by_status_metric_and_log(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 51)
    with running_site(tmp_path, kind="system") as site:
        first = site.worker("first").started()
        add(site, orders[0])
        accounted(site, orders[:1])
        first.send(signal.SIGTERM)
        assert first.exit_code() == 0

        for number in orders[1:]:
            add(site, number, keep=5)
        second = site.worker("second").started()

        until("it is missed", lambda: any("dropped" in why for why in reasons(site)))
        [reason] = reasons(site)
        _, metrics = page(second, "/metrics")
        until("what is left is served", lambda: site.ledger.quiet)
        [still] = reasons(site)
        logged = second.output().count('"events_lost"')
    assert "admitted: 45 (" in reason
    assert "MAXLEN" in reason
    assert still == reason
    assert "# TYPE waybill_events_lost_total counter\n" in metrics
    assert "\nwaybill_events_lost_total 45.0\n" in metrics
    assert logged == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_backlog_that_is_trimmed_is_missed_on_every_redis(
    tmp_path: Path, kind: str
) -> None:
    orders = feed.numbers(0, 30)
    with running_site(tmp_path, kind=kind, INTAKE_MEMORY="0.01") as site:
        # Nothing is read while Redis is above that share of its memory.
        site.ledger.client.config_set("maxmemory", "100mb")
        worker = site.worker("only").started()
        until("it does not read", lambda: "intake_waits" in worker.output())
        for number in orders:
            add(site, number)
        until("it was looked at", lambda: _next_known(site))

        site.ledger.client.xtrim(STREAM, maxlen=5, approximate=False)

        until("it is missed", lambda: any("dropped" in why for why in reasons(site)))
        [reason] = [why for why in reasons(site) if "dropped" in why]
    assert "25 (noticed" in reason


def _next_known(site: Site) -> bool:
    account = site.ledger.client.hgetall(f"wb:account:{{{STREAM}}}:waybill")
    return int(account[b"added"]) == 30


def test_restarts_and_kills_make_no_gap(tmp_path: Path) -> None:
    orders = feed.numbers(0, 120)
    with running_site(tmp_path, redis=("--appendonly", "yes")) as site:
        workers = [site.worker("first").started(), site.worker("second").started()]
        with feed.publishing(site.redis.url, orders, per_second=100):
            until("work is under way", site.ledger.sending)
            workers[0].kill()
            site.worker("third").started()
            site.ledger.client.client_kill_filter(_type="normal")
        accounted(site, orders)

        found = [why for why in reasons(site) if "dropped" in why]
        output = [w.output() for w in site.children.values()]
    assert found == []
    assert not any("events_lost" in text for text in output)


@pytest.mark.parametrize("what", ["stream", "group"])
def test_a_stream_or_group_that_is_deleted_is_made_again_and_reported(
    tmp_path: Path, what: str
) -> None:
    orders = feed.numbers(0, 4)
    with running_site(tmp_path) as site:
        worker = site.worker("only").started()
        feed.publish(site.redis.url, orders[:2])
        accounted(site, orders[:2])

        if what == "stream":
            site.ledger.client.delete(STREAM)
        else:
            site.ledger.client.xgroup_destroy(STREAM, "waybill")

        until("it is reported", lambda: "stream_made_again" in worker.output())
        feed.publish(site.redis.url, orders[2:])
        accounts = accounted(site, orders)
        found = [why for why in reasons(site) if "dropped" in why]
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert found == []


def test_a_key_of_another_kind_in_the_streams_place_is_named_until_it_goes(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 4)
    with running_site(tmp_path) as site:
        worker = site.worker("only").started()
        feed.publish(site.redis.url, orders[:2])
        accounted(site, orders[:2])

        site.ledger.client.set(STREAM, "not a stream")

        until("it is not ready", lambda: "intake" in problems(worker))
        status = Terminal(site.settings)("status")
        late = site.worker("late")
        code = late.exit_code()
        site.ledger.client.delete(STREAM)
        until("it is made again", lambda: "stream_made_again" in worker.output())
        feed.publish(site.redis.url, orders[2:])
        accounts = accounted(site, orders)
        until("it is ready", lambda: not problems(worker))
        output = worker.output()
    assert status.exit_code == 1
    assert "key of another kind" in status.stderr
    assert code not in {0, None}
    assert "key of another kind" in late.output()
    assert output.count('"stream_unusable"') == 1
    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_unread_in_a_stream_that_is_deleted_is_counted(
    tmp_path: Path, kind: str
) -> None:
    with running_site(tmp_path, kind=kind, INTAKE_MEMORY="0.01") as site:
        # Nothing is read while Redis is above that share of its memory.
        site.ledger.client.config_set("maxmemory", "100mb")
        worker = site.worker("only").started()
        until("it does not read", lambda: "intake_waits" in worker.output())
        for number in feed.numbers(0, 30):
            add(site, number)
        until("it was looked at", lambda: _next_known(site))

        site.ledger.client.delete(STREAM)

        until("it is reported", lambda: "stream_made_again" in worker.output())
        until("it is missed", lambda: any("dropped" in why for why in reasons(site)))
        [reason] = [why for why in reasons(site) if "dropped" in why]
    assert "30 (noticed" in reason


def test_an_emptied_database_is_reported_and_new_orders_go_on(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 4)
    with running_site(tmp_path) as site:
        worker = site.worker("only").started()
        feed.publish(site.redis.url, orders[:2])
        accounted(site, orders[:2])

        site.ledger.client.flushdb()

        until("it is reported", lambda: "stream_made_again" in worker.output())
        assert "mark is missing" in problems(worker)["redis"]
        assert any("mark is missing" in why for why in reasons(site))
        feed.publish(site.redis.url, orders[2:])
        accounts = accounted(site, orders)
    assert (accounts.lost, accounts.doubled) == (frozenset(), 0)
