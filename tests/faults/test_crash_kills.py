"""Thousands of events while workers, and Redis itself, are killed again and again."""

import tempfile
import time
from pathlib import Path

import pytest

from tests.faults.figures import Figures, record
from tests.faults.fleet import Fleet
from tests.faults.victims import crashing
from tests.processes import feed
from tests.processes.accounts import Accounts, accounted
from tests.processes.ledger_servers import Kind, chosen, fails_over
from tests.processes.site import ALWAYS, PERSISTENT, running_site

pytestmark = [pytest.mark.processes, pytest.mark.long]

WORKERS, THREADS = 3, 16
#: What each partner takes to answer.
DELAY = 0.1
#: More than the machine does under kills, so that workers are never idle.
PER_SECOND = 300
#: Deliveries between two kills: half a second to a second of work.
PACE = 250
#: A file system that is always there and never busy.
MEMORY_DISK = "/dev/shm"  # noqa: S108 (shared by everybody, hence mkdtemp)


def noted(
    fault: str, what: str, note: str, events: int, fleet: Fleet, end: Accounts
) -> None:
    """Keep the row; it recovered when all was reported, counted from the last kill."""
    row = Figures(
        fault,
        what,
        events=events,
        kills=len(fleet.in_calls),
        in_calls=fleet.busy_kills,
        lost=len(end.lost),
        doubled=end.doubled,
        ambiguous=end.ambiguous,
        recovered=round(time.monotonic() - fleet.last_kill, 1),
        note=note,
    )
    record(row)


def holds(fleet: Fleet, end: Accounts) -> None:
    """What every such run must show."""
    # Now and then a worker has just ended its calls when it is killed.
    assert fleet.busy_kills >= 0.9 * len(fleet.in_calls) or fails_over()
    assert end.lost == frozenset()
    assert end.under_two_ids == frozenset()
    assert end.doubled <= end.ambiguous
    # Killed between its begin and its call, a delivery is in doubt although nobody was
    # called: a moment for each thread, and seldom one of them.
    most = sum(fleet.in_calls) + len(fleet.in_calls)
    assert end.ambiguous <= most or fails_over()
    assert end.dead == 0


@pytest.mark.timeout(600)
def test_ten_thousand_events_outlive_a_kill_every_second(tmp_path: Path) -> None:
    # Of several servers, enough for a failover in their middle.
    events = 10_000 if chosen() is Kind.REDIS else 2_000
    with running_site(tmp_path, delay=DELAY) as site:
        crashing(site, tmp_path)
        fleet = Fleet(site, WORKERS, THREADS)
        began = time.monotonic()
        with feed.publishing(site.redis.url, feed.numbers(0, events), PER_SECOND):
            for done in range(PACE, 2 * events - PACE, PACE):
                fleet.until_done(done)
                fleet.kill_the_busiest()
        killing = time.monotonic() - began
        end = accounted(site, feed.numbers(0, events), 120.0)

    kills = len(fleet.in_calls)
    what, note = f"{WORKERS} workers, SIGKILLs", f"every {killing / kills:.1f} s"
    noted("C1", what, note, events, fleet, end)
    holds(fleet, end)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "options"), [("everysec", PERSISTENT), ("always", ALWAYS)]
)
def test_events_outlive_kills_of_redis_between_kills_of_workers(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    options: tuple[str, ...],
) -> None:
    if name == "everysec":
        # With `everysec` Redis holds writes back while a disk is busy, and a kill
        # takes them along. This is about coming back, so its disk is never busy.
        monkeypatch.setattr(tempfile, "tempdir", MEMORY_DISK)
    events = 2_000
    with running_site(tmp_path, redis=options, delay=DELAY) as site:
        crashing(site, tmp_path)
        fleet, restarts = Fleet(site, WORKERS, THREADS), 0
        with feed.publishing(site.redis.url, feed.numbers(0, events), PER_SECOND):
            for turn, done in enumerate(range(PACE, 2 * events - PACE, PACE)):
                fleet.until_done(done)
                fleet.kill_the_busiest()
                if turn % 3 == 2:
                    # About every three seconds.
                    site.redis.kill()
                    site.redis.start()
                    restarts += 1
        end = accounted(site, feed.numbers(0, events), 120.0)

    what, note = f"C1 with SIGKILLs of Redis, appendfsync {name}", f"{restarts} of them"
    noted("C2", what, note, events, fleet, end)
    holds(fleet, end)
