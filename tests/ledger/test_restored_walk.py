"""Whatever happens when: an older ledger is found, and costs what was forgotten."""

import pytest
import redis

from tests.ledger.clock import build
from tests.ledger.places import picture
from tests.ledger.restored_walk import RestoredWalk
from tests.ledger.test_walk import WALKS

pytestmark = pytest.mark.walks

STEPS = 300


@pytest.mark.parametrize(("seed", "partitions"), WALKS)
def test_a_walk_whose_ledger_goes_back_loses_nothing_that_it_still_knows(
    redis: redis.Redis, seed: int, partitions: int
) -> None:
    walk = RestoredWalk(build(redis, partitions=partitions), seed)

    walk.steps(STEPS)
    walk.heal()

    states = picture(redis).states
    at_rest = {"done", "dead", "superseded", "discarded"}
    assert {states[ref] for ref in walk.actions.judge.numbers} <= at_rest
