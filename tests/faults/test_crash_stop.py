"""Workers are asked to stop: a deployment costs nothing, an impatient one a repeat."""

import signal
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.faults import repeats
from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.accounts import Accounts, accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker

pytestmark = pytest.mark.processes

THREADS = 16
#: What a container is given to stop in.
GRACE = 30.0


def noted(fault: str, what: str, events: int, stops: int, end: Accounts) -> None:
    row = Figures(
        fault,
        what,
        events=events,
        kills=stops,
        in_calls=stops,
        lost=len(end.lost),
        doubled=end.doubled,
        ambiguous=end.ambiguous,
    )
    record(row)


def is_busy(site: Site) -> bool:
    """Whether more is under way than all workers but one could have."""
    return len(site.ledger.sending("delivery:")) > THREADS // 2


def stopped(site: Site, worker: Worker) -> int:
    """Ask it to stop in the middle of work; its exit code."""
    until("it is busy", partial(is_busy, site))
    worker.send(signal.SIGTERM)
    return worker.exit_code(GRACE)


@pytest.mark.long
@pytest.mark.timeout(240)
def test_eight_stops_in_turn_under_load_cost_nothing(tmp_path: Path) -> None:
    orders = feed.numbers(0, 3000)
    with running_site(tmp_path, delay=0.1) as site:
        fresh = partial(site.worker, "rolling", "-c", str(THREADS))
        workers = [fresh().started() for _ in range(2)]

        codes = []
        with feed.publishing(site.redis.url, orders, per_second=150):
            for turn in range(8):
                codes.append(stopped(site, workers[turn % 2]))
                workers[turn % 2] = fresh().started()
        accounts = accounted(site, orders)

    noted("C8", "SIGTERM to each of two workers in turn", 3000, 8, accounts)
    assert codes == [0] * 8
    assert accounts.lost == frozenset()
    repeats.are_held(accounts.doubled, accounts.ambiguous)
    assert accounts.dead == 0


def test_a_call_that_outlasts_the_grace_is_made_again_once(tmp_path: Path) -> None:
    order = feed.numbers(0, 1)
    with running_site(tmp_path, LEASE="3", DEADLINE="2") as site:
        worker = site.worker("stopped").started()
        site.partners.receivers.behave(RECEIVER, delay=1.8)
        feed.publish(site.redis.url, order)
        until("it is in the call", lambda: site.partners.applied(RECEIVER))

        worker.send(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            worker.exit_code(0.5)
        worker.kill()
        site.partners.receivers.behave(RECEIVER)
        site.worker("next").started()
        accounts = accounted(site, order)

    noted("C9", "SIGTERM in a call longer than the grace, SIGKILL", 1, 1, accounts)
    assert accounts.lost == frozenset()
    repeats.are_held(accounts.doubled, accounts.ambiguous, exactly=1)
    assert accounts.under_two_ids == frozenset()
