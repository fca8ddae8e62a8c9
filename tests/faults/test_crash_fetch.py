"""A worker is frozen in its fetch, is given a hint, and dies with it: twenty times."""

from pathlib import Path

import pytest

from tests.faults import repeats
from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import running_site
from tests.processes.test_lost_hints import until_popped

pytestmark = [pytest.mark.processes, pytest.mark.long]

ROUNDS = 20


@pytest.mark.timeout(240)
def test_a_hint_that_dies_in_the_fetch_is_sent_again_twenty_times(
    tmp_path: Path,
) -> None:
    stepless = ("-Q", "orders", "--without-intake", "--without-release")
    with running_site(tmp_path, LEASE="1.5", DEADLINE="1") as site:
        site.worker("feeder", "-Q", "westcon,deck,ingram").started()
        worker = site.worker("frozen", *stepless).started()

        published: list[str] = []
        for turn in range(ROUNDS):
            fresh = feed.numbers(100 * turn, 20)
            published += until_popped(site, worker, fresh)
            worker.kill()
            # It serves what the one before died with, and is frozen in its turn.
            worker = site.worker("frozen", *stepless).started()
            end = accounted(site, published)

    row = Figures(
        "C4",
        "SIGSTOP in the fetch, one hint, SIGKILL",
        events=len(published),
        kills=ROUNDS,
        lost=len(end.lost),
        doubled=end.doubled,
        ambiguous=end.ambiguous,
    )
    record(row)
    assert end.lost == frozenset()
    repeats.are_held(end.doubled, end.ambiguous)
    assert end.dead == 0
