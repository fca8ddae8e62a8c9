"""A worker that was frozen beyond its lease reports a failure: it is too late."""

import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.ledger_servers import fails_over
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker

pytestmark = pytest.mark.processes

NUMBER = feed.numbers(0, 1)[0]
#: A lease that ends soon, and pauses after which nothing comes back in this test.
SETTINGS: dict[str, Any] = {
    "LEASE": "3",
    "DEADLINE": "2",
    "INGRAM__RETRY_PAUSES": "[600, 600]",
}
#: The log's word for a call that is to be made again.
AGAIN = '"event": "again"'


def frozen_before_its_refusal(site: Site) -> tuple[Worker, str]:
    """A worker that was stopped with a 503 on its way to it, and its delivery."""
    worker = site.worker("frozen").started()
    site.partners.receivers.behave(RECEIVER, status=503, delay=1.0)
    feed.stream_at(site.redis.url).publish(feed.placed(NUMBER, customer=False))
    until("the receiver is notified", lambda: site.partners.deliveries(RECEIVER))
    worker.send(signal.SIGSTOP)
    assert AGAIN not in worker.output()
    return worker, site.ledger.sending("delivery:")[0]


def thawed(worker: Worker) -> None:
    worker.send(signal.SIGCONT)
    until("it has reported its failure", lambda: AGAIN in worker.output())


def is_in(site: Site, delivery: str, state: str) -> bool:
    return site.ledger.field(delivery, "state") == state


def noted(site: Site, what: str) -> None:
    taken = [one for one in site.partners.deliveries(RECEIVER) if one.accepted]
    ambiguous, doubled = site.ledger.ambiguous, max(0, len(taken) - 1)
    record(Figures("C5", what, events=1, doubled=doubled, ambiguous=ambiguous))


def test_a_late_failure_does_not_undo_what_another_worker_did(tmp_path: Path) -> None:
    with running_site(tmp_path, **SETTINGS) as site:
        frozen, delivery = frozen_before_its_refusal(site)
        site.partners.receivers.behave(RECEIVER)
        site.worker("healthy").started()
        until("another has delivered", partial(is_in, site, delivery, "done"))

        thawed(frozen)

        noted(site, "frozen in a call beyond its lease, then a failure")
        assert is_in(site, delivery, "done")
        assert site.ledger.quiet
        assert site.ledger.count("done") == 1
        assert site.ledger.ambiguous == 1 or fails_over()
        taken = [d for d in site.partners.deliveries(RECEIVER) if d.accepted]
        assert len(taken) == 1 or len(taken) <= site.ledger.ambiguous


@pytest.mark.long
def test_a_late_failure_does_not_disturb_the_call_of_another_worker(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path, **SETTINGS) as site:
        frozen, delivery = frozen_before_its_refusal(site)
        site.partners.receivers.behave(RECEIVER, delay=1.5)
        site.worker("healthy").started()
        until("another calls", lambda: site.partners.applied(RECEIVER))

        thawed(frozen)
        still = site.ledger.field(delivery, "state"), site.ledger.refs("due")

        until("the other has delivered", partial(is_in, site, delivery, "done"))
        noted(site, "frozen so, then a failure in another worker's call")
        assert still in [("sending", []), ("done", [])]
        assert site.ledger.field(delivery, "tries") == "2" or fails_over()
        assert site.ledger.quiet
