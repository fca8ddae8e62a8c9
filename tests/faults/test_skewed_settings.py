"""Workers that know different endpoints share one ledger: H16."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.two_endpoints import OTHER, with_two
from tests.processes.waiting import until
from tests.processes.worker import Worker
from tests.waybill.terminal import Terminal

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300), pytest.mark.long]

NAMES = (RECEIVER, OTHER)
ROUND = 60


class Stage:
    """One installation; orders name both endpoints, whoever takes them in."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.old: Mapping[str, str] = site.settings
        self.new: Mapping[str, str] = with_two(site).settings
        self.orders: list[str] = []

    def worker(self, name: str, settings: Mapping[str, str]) -> Worker:
        self.site.settings = settings
        return self.site.worker(name).started()

    def publish(self) -> None:
        stream = feed.stream_at(self.site.redis.url)
        for number in feed.numbers(len(self.orders), ROUND):
            reference = {"order_number": number, "order_type": "W"}
            data = {"order_number": number, "westcon": reference}
            named = data | {"endpoints": list(NAMES)}
            stream.publish(feed.event("order.placed", number, named))
            self.orders.append(number)

    def notified(self, name: str) -> set[str]:
        deliveries = self.site.partners.deliveries(name)
        return {one.order_number for one in deliveries if one.accepted}

    def all_notified(self, name: str, orders: set[str]) -> bool:
        return self.notified(name) >= orders

    def until_reported(self, *names: str) -> None:
        for name in names:
            orders = set(self.orders)
            what = f"{name} is notified of {len(orders)} orders"
            until(what, partial(self.all_notified, name, orders))

    def status(self) -> str:
        return Terminal(dict(self.old))("status").stdout


def test_h16_an_endpoint_that_some_workers_do_not_know_is_reported_all(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        stage = Stage(site)
        # A deployment that adds an endpoint, one worker after the other.
        old = stage.worker("old", stage.old)
        stage.publish()
        stage.until_reported(RECEIVER)
        alone = stage.status()
        new = stage.worker("new", stage.new)
        stage.publish()
        stage.until_reported(*NAMES)
        together = stage.status()
        old.end()
        # The endpoint is taken out, and put back.
        without = stage.worker("without", stage.old)
        new.end()
        stage.publish()
        stage.until_reported(RECEIVER)
        stage.worker("again", stage.new)
        without.end()
        stage.publish()
        stage.until_reported(*NAMES)
        until("the ledger is quiet", lambda: site.ledger.quiet, 60.0)

        sent = {name: site.partners.deliveries(name) for name in NAMES}
        ambiguous, dead = site.ledger.ambiguous, site.ledger.letters()
    bodies = {name: {one.event_id: one.body for one in sent[name]} for name in NAMES}
    doubled = sum(
        times - 1
        for name in NAMES
        for times in Counter(
            one.event_id for one in sent[name] if one.accepted
        ).values()
    )
    lost = sum(len(stage.orders) - len(bodies[name]) for name in NAMES)
    what = "an endpoint is added, taken out and put back, worker by worker"
    count = len(stage.orders)
    record(Figures("H16", what, count, lost=lost, doubled=doubled, ambiguous=ambiguous))
    assert (lost, dead) == (0, {})
    assert doubled <= ambiguous
    # What was rendered later is what would have been rendered at once.
    assert bodies[OTHER] == bodies[RECEIVER]
    assert f"no living worker knows endpoint {OTHER}" in alone
    assert f"wait for it: {ROUND};" in alone
    assert "no living worker knows" not in together
    assert "differ in their settings of endpoints" in together
