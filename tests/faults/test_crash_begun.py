"""A worker dies with what began in the step that leased it: the lease is the net.

An order that comes alone to a worker with threads free begins at once, so no crash
point of a worker with one thread covers it.
"""

from collections.abc import Iterator

import pytest

from tests.faults.figures import record
from tests.faults.victims import Victims, crashing
from tests.processes.ledger_servers import fails_over
from tests.processes.site import running_site

pytestmark = pytest.mark.processes

THREADS = 8

#: Begun by the step whose answer was just read, and no call is made.
BEGUN = ("after:admit:event", "before:send:link", "after:advance:poll")
BEGUN_LATER = ("before:hint:link", "before:send:notify", "before:hint:notify")
#: Called, and what became of it is not recorded.
CALLED = ("after:send:link", "before:settle:link", "after:send:notify")
CALLED_LATER = ("after:reply:link", "after:reply:notify", "before:settle:notify")
#: Recorded.
SETTLED = ("after:settle:link", "after:settle:notify")

SHORT = {"after:admit:event", "after:advance:poll", "before:settle:notify"}
POINTS = [*BEGUN, *BEGUN_LATER, *CALLED, *CALLED_LATER, *SETTLED]


@pytest.fixture(scope="module")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    folder = tmp_path_factory.mktemp("begun")
    with running_site(folder, LEASE="1.5", DEADLINE="1") as site:
        made = Victims(site, crashing(site, folder), threads=THREADS, orders=1)
        yield made
        record(made.figures("C10", "SIGKILL of what began where it was leased"))


@pytest.mark.parametrize(
    "point",
    [p if p in SHORT else pytest.param(p, marks=pytest.mark.long) for p in POINTS],
)
def test_what_began_at_once_is_done_by_the_next_worker(
    victims: Victims, point: str
) -> None:
    crash = victims.crash(point)

    assert (crash.code, crash.at) == (-9, [point])
    assert (crash.lost, crash.dead) == (0, 0)
    # Nobody knows of an attempt that had begun; what was called twice is among them.
    assert crash.doubled <= crash.ambiguous
    assert crash.ambiguous == crash.sending or fails_over()
    if point in {*BEGUN, *BEGUN_LATER} and not fails_over():
        # No hint was sent, nobody asked `begin`: the step itself had begun it.
        assert crash.sending >= 1
