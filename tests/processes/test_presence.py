"""Workers come and go, and the command line knows: real processes, real signals."""

import json
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.processes.child import Child
from tests.processes.pages import page
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from tests.redis_servers import running
from tests.waybill.terminal import Terminal
from tests.waybill.test_frozen_redis import MAIN
from workers.ledger import keys
from workers.ledger.identity.heartbeats import HOLDS_MS, Heartbeats
from workers.redis.answers import octets

pytestmark = pytest.mark.processes

#: Fifteen seconds are promised; a busy machine may take some for itself.
SOON = 20.0


def reasons(site: Site) -> list[str]:
    """What `waybill status` complains of; its exit code agrees."""
    terminal = Terminal(site.settings)
    result = terminal("status")
    found: list[str] = terminal.json("status")["reasons"]
    assert (result.exit_code == 0) == ("All is well." in result.stdout)
    return found


def watch(site: Site, log: Path) -> Child:
    """Somebody who looks on."""
    command = ("-c", MAIN, "status", "--watch", "--every", "0.5")
    return Child((sys.executable, *command), log, site.settings)


def interrupt(child: Child) -> None:
    """Press Ctrl-C; once more where Python was just in a place that swallows it."""
    child.send(signal.SIGINT)
    with suppress(AssertionError):
        until("it ends", lambda: not child.running, 20)
        return
    child.send(signal.SIGINT)


def until_well(site: Site) -> None:
    until("all is well", lambda: not reasons(site), SOON)


def until_reported(site: Site, words: str) -> None:
    until(words, lambda: any(words in reason for reason in reasons(site)), SOON)


def long_dead(site: Site, worker: Worker) -> None:
    """Kill it, and let its last word be as old as if that had been a while ago."""
    worker.kill()
    for token, word in site.ledger.client.hgetall(keys.WORKERS).items():
        ms, _, heartbeat = octets(word).partition(b" ")
        if json.loads(heartbeat)["pid"] == worker.pid:
            old = b"%d %s" % (int(ms) - HOLDS_MS, heartbeat)
            site.ledger.client.hset(keys.WORKERS, token, old)


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, pytest.param(signal.SIGSTOP, marks=pytest.mark.long)]
)
def test_a_worker_that_is_killed_or_frozen_is_missed(
    tmp_path: Path, number: signal.Signals
) -> None:
    with running_site(tmp_path) as site:
        worker = site.worker("only").started()
        until_well(site)
        watching = watch(site, tmp_path / "watch.log")
        until("a first look", lambda: "All is well." in watching.output())

        worker.send(number)

        until_reported(site, "no worker is alive")
        until("a look", lambda: "not well: no worker is alive" in watching.output())
        interrupt(watching)
        assert watching.exit_code() == 1
        assert "Traceback" not in watching.output()
        doctor = Terminal(site.settings).json("doctor", "--offline")
        [notified] = [one for one in doctor if one["name"] == "workers"]
        assert notified["verdict"] == "wrong"
        site.worker("next").started()
        until_well(site)


def test_a_worker_that_stops_is_gone_at_once(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        worker = site.worker("only").started()
        heartbeats = Heartbeats(site.ledger.client)
        until("it is there", lambda: len(heartbeats.alive()) == 1)

        worker.send(signal.SIGTERM)

        assert worker.exit_code() == 0
        assert heartbeats.alive() == ()
        assert "no worker is alive" in reasons(site)[0]


def test_what_the_workers_left_do_not_serve_is_named(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        site.worker("calls", "-Q", "westcon,ingram", "--without-intake").started()
        other = site.worker("reads", "-Q", "orders,deck", "--without-release").started()
        until_well(site)
        notified = Terminal(site.settings).json("status")["workers"]
        assert [one["queues"] for one in notified] == [
            ["ingram", "westcon"],
            ["deck", "orders"],
        ]
        assert all(
            one["health_port"] and one["pid"] and one["host"] for one in notified
        )

        long_dead(site, other)

        until_reported(site, "no worker serves queue orders")
        missing = [reason.partition(";")[0] for reason in reasons(site)]
        assert missing == [
            "no worker serves queue orders",
            "no worker serves queue deck",
            "no worker runs Intake: new events are not read",
        ]


def test_two_living_workers_of_one_name_are_found(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        workers = [site.worker("same").started(), site.worker("same").started()]

        [reason] = reasons(site)

        assert "called same@" in reason
        assert all(str(worker.pid) in reason for worker in workers)
        long_dead(site, workers[0])
        until_well(site)


@pytest.mark.long
def test_a_worker_that_has_lost_its_broker_serves_no_queue(tmp_path: Path) -> None:
    with (
        running_site(tmp_path) as site,
        running(site.redis.binary) as broker,
    ):
        site.settings = {**site.settings, "WAYBILL_BROKER_URL": broker.url}
        worker = site.worker("only").started()
        until_well(site)

        broker.kill()

        until_reported(site, "no worker serves queue orders")
        assert any("takes hints from the queues" in reason for reason in reasons(site))
        broker.start()
        until_well(site)
        assert worker.running


def test_the_metrics_count_who_serves_what(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        worker = site.worker("only", "-Q", "orders,deck", "--without-release").started()

        _, metrics = page(worker, "/metrics")

    assert "\nwaybill_workers 1.0\n" in metrics
    for what, count in {"orders": 1, "westcon": 0, "intake": 1, "release": 0}.items():
        output = f'waybill_workers_serving{{what="{what}"}} {count}.0'
        assert output in metrics
