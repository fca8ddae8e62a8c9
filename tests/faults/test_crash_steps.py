"""A worker dies before and after every step of the walk; the next one repairs it."""

import json
from collections.abc import Iterator

import pytest

from sandbox.http.fault import Fault
from serializers.results.result import ResultType
from tests.faults.figures import record
from tests.faults.victims import Victims, crashing
from tests.processes.ledger_servers import fails_over
from tests.processes.site import Site, running_site

pytestmark = pytest.mark.processes

#: The steps of each walk.
STEPS = {
    "event": ("read", "hint", "start", "admit"),
    "poll": ("hint", "begin", "send", "reply", "advance"),
    "link": ("hint", "begin", "send", "reply", "settle", "claim"),
    "notify": ("hint", "begin", "send", "reply", "settle"),
}
POINTS = [
    f"{side}:{step}:{walk}"
    for walk, steps in STEPS.items()
    for step in steps
    for side in ("before", "after")
]

#: Where a call was made and not recorded: it is made again, and that is recorded.
SENT = {
    f"{moment}:{walk}"
    for walk in ("link", "notify")
    for moment in ("after:send", "before:reply", "after:reply", "before:settle")
}
#: Where an attempt had begun and nothing was sent: recorded too, since nobody can know.
BEGUN = {
    f"{moment}:{walk}"
    for walk in ("link", "notify")
    for moment in ("after:begin", "before:send")
}

#: One or two of each kind; the others are for `make faults`.
SHORT = {
    "after:read:event",
    "after:admit:event",
    "before:advance:poll",
    "after:send:notify",
    "before:settle:link",
    "after:claim:link",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Victims]]:
    folder = tmp_path_factory.mktemp("steps")
    every = json.dumps([one.value for one in ResultType])
    with running_site(folder, LEASE="1.5", DEADLINE="1", RESULTS__TYPES=every) as site:
        victims = Victims(site, crashing(site, folder))
        yield site, victims
        record(victims.figures())


@pytest.mark.parametrize(
    "point",
    [p if p in SHORT else pytest.param(p, marks=pytest.mark.long) for p in POINTS],
)
def test_a_worker_that_dies_at_a_step_costs_at_most_a_repeat_that_is_reported(
    place: tuple[Site, Victims], point: str
) -> None:
    site, victims = place
    if ":claim:" in point and site.servers.partitions > 1:
        pytest.skip("what is due in another partition is claimed by Release alone")
    if ":claim:" in point:
        # Release claims what is due, and nothing is before a call has failed.
        site.partners.faults.order("deck.link", Fault.status(429))

    crash = victims.crash(point)

    assert crash.code == -9
    assert crash.at == [point]
    assert crash.lost == 0
    assert crash.dead == 0
    assert crash.untold == ()
    if fails_over():
        assert crash.doubled <= crash.ambiguous
        return
    assert crash.doubled == (point in SENT)
    assert crash.ambiguous == crash.sending
    # Release claims and hints beside the calls: a thread that was handed a hint may be
    # in its call already. Settling one begins the next.
    if not {"settle", "claim", "hint"} & {*point.split(":")}:
        assert crash.ambiguous == (point in SENT | BEGUN)
