"""An event or an answer that ends every worker it meets is given up; others go on."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.faults.crash_points import CrashPoints
from tests.faults.figures import Figures, record
from tests.faults.victims import APP, crashing
from tests.processes import feed
from tests.processes.accounts import Accounts, accounted
from tests.processes.ledger_servers import fails_over
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker

pytestmark = pytest.mark.processes

ATTEMPTS = 6
#: Of the intake.
STARTS = 3
SETTINGS: dict[str, Any] = {
    "LEASE": "1.5",
    "DEADLINE": "1",
    "INTAKE_TRIES": str(STARTS),
    "INGRAM__RETRY_PAUSES": "[0.1, 0.1, 0.1, 0.1, 0.1]",
}
POISON, *GOOD = feed.numbers(0, 13)


def starting_anew(site: Site) -> None:
    """Start a worker whenever the one before has died, until there is a letter."""
    while not site.ledger.letters():
        worker = site.worker("victim", app=APP)
        until("a dead letter, or a death", partial(ended, site, worker))
        assert len(site.children) <= 2 * ATTEMPTS, "it is never given up"


def ended(site: Site, worker: Worker) -> bool:
    return not worker.running or bool(site.ledger.letters())


def given_up(site: Site, points: CrashPoints, what: str) -> Accounts:
    accounts = accounted(site, GOOD)
    row = Figures(
        "C7",
        what,
        events=len(GOOD) + 1,
        kills=len(points.deaths()),
        in_calls=len(points.deaths()),
        lost=len(accounts.lost),
        doubled=accounts.doubled,
        ambiguous=accounts.ambiguous,
    )
    record(row)
    return accounts


def test_an_event_that_ends_its_worker_every_time_is_given_up_alone(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path, **SETTINGS) as site:
        points = crashing(site, tmp_path)
        points.arm("before:admit:event", only=POISON, every=True)
        feed.publish(site.redis.url, (*GOOD[:6], POISON, *GOOD[6:]))

        starting_anew(site)

        accounts = given_up(site, points, "an event that ends its worker")
        letters = site.ledger.letters()
    # A start is not waited for: a replica that takes over may not know of the last one.
    most = STARTS + fails_over()
    assert set(points.deaths()) == {"before:admit:event"}
    assert STARTS <= len(points.deaths()) <= most
    assert [why for _, why in letters.values()] == [
        f"started {STARTS} times and never admitted"
    ]
    assert accounts.lost == frozenset()
    assert accounts.dead == 1
    assert accounts.doubled <= accounts.ambiguous


@pytest.mark.long
def test_an_answer_that_ends_its_worker_every_time_is_given_up_alone(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path, delay=0.3, **SETTINGS) as site:
        points = crashing(site, tmp_path)
        points.arm("after:send:notify", only=f'"{POISON}"', every=True)
        feed.publish(site.redis.url, (*GOOD[:6], POISON, *GOOD[6:]))

        starting_anew(site)

        accounts = given_up(site, points, "an answer that ends its worker")
        letters = site.ledger.letters()
    assert points.deaths() == ["after:send:notify"] * ATTEMPTS
    assert accounts.lost == frozenset()
    assert accounts.doubled <= accounts.ambiguous
    assert [why for _, why in letters.values()] == [
        f"its {ATTEMPTS} attempts are used up, and none is known to have ended well"
    ]
