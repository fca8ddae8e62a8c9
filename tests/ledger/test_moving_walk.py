"""Whatever happens while orders move: nothing is lost, nothing is in two places."""

import pytest
import redis

from tests.ledger.clock import HOLDING, build
from tests.ledger.moving_walk import MovingWalk
from workers.ledger.layout.layout import unmoved

STEPS = 250

#: With this one a send that ended late is counted ambiguous, and not marked so; the
#: walk reports late ends in a way of its own, so that either may be wrong.
UNEXPLAINED = pytest.mark.xfail(reason="one send more is counted than is marked")

SEEDS = (
    0,
    *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 5)),
    pytest.param(5, marks=[pytest.mark.long, UNEXPLAINED]),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_walk_whose_orders_move_breaks_no_rule_and_comes_to_rest(
    redis: redis.Redis, seed: int
) -> None:
    world = build(redis, partitions=4, known=HOLDING)
    world.places.layout = unmoved(1)
    walk = MovingWalk(world, seed)

    walk.steps(STEPS)
    walk.heal()

    walk.actions.judge.rests(walk.world)
    assert walk.settled
    assert len(walk.actions.judge.delivered) > 15
