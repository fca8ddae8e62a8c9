"""Whatever happens while orders move: nothing is lost, nothing is in two places."""

import pytest
import redis

from tests.ledger.clock import HOLDING, build
from tests.ledger.moving_walk import MovingWalk
from tests.ledger.walk import Act
from workers.ledger.layout.layout import unmoved

STEPS = 250

SEEDS = (0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 6)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_walk_whose_orders_move_breaks_no_rule_and_comes_to_rest(
    redis: redis.Redis, hand_over: Act, seed: int
) -> None:
    world = build(redis, partitions=4, known=HOLDING)
    world.places.layout = unmoved(1)
    walk = MovingWalk(world, seed)

    walk.steps(STEPS, hand_over)
    walk.heal()

    walk.actions.judge.rests(walk.world)
    assert walk.settled
    assert len(walk.actions.judge.delivered) > 15
