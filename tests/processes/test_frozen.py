"""A worker is frozen in the middle of a send until its lease has ended."""

import signal
from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker

pytestmark = pytest.mark.processes

ROUTE = f"receiver.{RECEIVER}"
NUMBER = feed.numbers(0, 1)[0]


def frozen_in_its_send(site: Site) -> Worker:
    """Stop a worker after the receiver has acted and before the answer comes."""
    worker = site.worker("frozen").started()
    site.partners.faults.order(ROUTE, Fault.delay(1.0))
    feed.stream_at(site.redis.url).publish(feed.placed(NUMBER, customer=False))
    until("the receiver is notified", lambda: site.partners.applied(RECEIVER))
    worker.send(signal.SIGSTOP)
    return worker


def its_delivery(site: Site) -> str:
    return site.ledger.sending("delivery:")[0]


def test_the_late_success_of_a_frozen_worker_is_recorded(tmp_path: Path) -> None:
    with running_site(tmp_path, INGRAM__RETRY_PAUSES="[600, 600]") as site:
        frozen = frozen_in_its_send(site)
        delivery = its_delivery(site)
        site.partners.faults.order(ROUTE, Fault.status(503))
        site.worker("healthy").started()
        until(
            "another worker has tried in vain",
            lambda: site.ledger.field(delivery, "state") == "due",
        )

        frozen.send(signal.SIGCONT)

        until("it is done", lambda: site.ledger.field(delivery, "state") == "done")
        accepted = [d for d in site.partners.deliveries(RECEIVER) if d.accepted]
        assert len(accepted) == 1
        # The frozen worker's, and the 503, which may be a gateway's.
        assert site.ledger.count("ambiguous:worker") == 1
        assert site.ledger.count("ambiguous:gateway") == 1
        assert site.ledger.ambiguous == 2
        assert site.ledger.quiet


def test_a_frozen_workers_order_is_delivered_by_another(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        frozen = frozen_in_its_send(site)
        delivery = its_delivery(site)
        site.worker("healthy").started()
        until(
            "another worker has delivered",
            lambda: site.ledger.field(delivery, "state") == "done",
        )

        frozen.send(signal.SIGCONT)

        until("the ledger is quiet", lambda: site.ledger.quiet)
        accepted = [d for d in site.partners.deliveries(RECEIVER) if d.accepted]
        assert len({one.event_id for one in accepted}) == 1
        assert len(accepted) == 2
        assert site.ledger.ambiguous == 1
        assert site.ledger.count("done") == 1
