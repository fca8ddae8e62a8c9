"""A partner more: a client, its bytes and one line in the registry, and all know it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

#: With a colon, which also parts a watch's name; and a plain one.
ORDERS = ("70:000:001", "70000002")
STAGES = ("packed", "on its way", "arrived")
KEY = "k3y-of-the-parcel-service"


class Parcels(ThreadingHTTPServer):
    """The parcel service: each order's parcel moves on with every question."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[tuple[str, str]] = []
        self.broken = True


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        hints_of_size = self.server
        assert isinstance(hints_of_size, Parcels)
        times = sum(path == self.path for path, _ in hints_of_size.asked)
        if self.path.startswith("/parcels/"):
            hints_of_size.asked.append((self.path, self.headers.get("X-Key", "")))
        if hints_of_size.broken and times == 1:
            self.answer(503, b"")
            return
        stage = STAGES[min(times // 2, len(STAGES) - 1)]
        self.answer(200, json.dumps({"stage": stage}).encode())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def hints_of_size() -> Iterator[Parcels]:
    server = Parcels()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def site(tmp_path: Path, hints_of_size: Parcels) -> Iterator[Site]:
    """Every order is twice ordered and then invoiced at Westcon."""
    with running_site(
        tmp_path,
        WESTCON__POLL_MIN="0.3",
        WESTCON__POLL_MAX="0.5",
        TOY__BASE_URL=f"http://127.0.0.1:{hints_of_size.server_port}",
        TOY__API_KEY=KEY,
        TOY__PAUSE="0.3",
        TOY__RETRY_PAUSES="[0.2, 0.2]",
    ) as running:
        # A worker that is forked has read the registry as the product has it; one that
        # begins with other variables of Python's starts by itself.
        running.settings = {**running.settings, "PYTHONHASHSEED": "random"}
        for order in ORDERS:
            running.partners.orders.stepping(order, ["SCH", "SCH", "INV"])
        yield running


def waybill(site: Site, *words: str) -> str:
    """What the command line prints, with the one line more."""
    command = (sys.executable, "-m", "tests.toy", *words)
    ran = subprocess.run(
        command, env=dict(site.settings), capture_output=True, text=True, check=False
    )
    return ran.stdout + ran.stderr


def states(site: Site, *orders: str) -> dict[str, dict[str, str]]:
    """What the command line shows of each order's watches, by their destination."""
    read = {}
    for order in orders:
        story = json.loads(waybill(site, "explain", order, "--json"))
        watches = story.get("watches", [])
        read[order] = {one["destination"]: one["state"] for one in watches}
    return read


def watches_ended(site: Site, *orders: str) -> bool:
    """Whether every watch of these has ended; a command takes most of a second."""
    refs = [f"watch:{name}:{one}" for name in ("westcon", "toy") for one in orders]
    return {site.ledger.field(ref, "state") for ref in refs} == {"ended"}


def test_an_order_is_watched_at_two_partners_and_each_watch_ends(
    site: Site, hints_of_size: Parcels
) -> None:
    site.worker("only", app="tests.toy.celery").started()
    feed.publish(site.redis.url, ORDERS)
    ended = {order: {"westcon": "ended", "toy": "ended"} for order in ORDERS}
    until("both watches of each end", lambda: watches_ended(site, *ORDERS))
    assert states(site, *ORDERS) == ended

    notified = [one.order_number for one in site.partners.deliveries(RECEIVER)]
    assert sorted(set(notified)) == sorted(ORDERS)
    assert {key for _, key in hints_of_size.asked} == {KEY}
    for order in ORDERS:
        story = waybill(site, "explain", order)
        for stage in STAGES:
            assert f"toy reports: the parcel is {stage}\n" in story
        assert "toy failed the watch" in story
    assert site.ledger.refs("due") == site.ledger.refs("leased") == []


def test_commands_and_metrics_know_it(site: Site) -> None:
    worker = site.worker("only", app="tests.toy.celery").started()
    feed.publish(site.redis.url, ORDERS[:1])
    [order] = ORDERS[:1]
    until("it is looked at", lambda: watches_ended(site, order))
    assert states(site, order)[order]["toy"] == "ended"

    assert worker.health_port
    assert "toy" in waybill(site, "status")
    doctor = waybill(site, "doctor")
    assert "toy.reached" in doctor
    assert "Toy answers (HTTP 200)" in doctor


def test_its_gaps_are_reported_like_anybodys(site: Site) -> None:
    environ = {k: v for k, v in site.settings.items() if k != "WAYBILL_TOY__API_KEY"}
    command = (sys.executable, "-m", "tests.toy", "status")
    ran = subprocess.run(
        command, env=environ, capture_output=True, text=True, check=False
    )

    assert "WAYBILL_TOY__API_KEY is missing: The parcel service's key" in ran.stderr
