"""Whatever happens in whatever order: nothing is lost, nothing is in two places."""

import pytest
import redis

from tests.ledger import people
from tests.ledger.clock import HOLDING, STREAM, build, is_clock
from tests.ledger.walk import Act, Walk
from workers.ledger import keys
from workers.redis.answers import text

pytestmark = pytest.mark.walks

STEPS = 400

#: Seeds, each in one partition and in four: those of every test run, and the others.
OFTEN = ((0, 1), (1, 4), (2, 1))
LONG = ((0, 4), (1, 1), (2, 4))
WALKS = (*OFTEN, *(pytest.param(*one, marks=pytest.mark.long) for one in LONG))


@pytest.mark.parametrize(("seed", "partitions"), WALKS)
def test_a_random_walk_breaks_no_rule_and_comes_to_rest(
    redis: redis.Redis, hand_over: Act, seed: int, partitions: int
) -> None:
    walk = Walk(build(redis, partitions=partitions, known=HOLDING), seed)

    walk.steps(STEPS, hand_over)
    walk.heal()

    walk.actions.judge.rests(walk.world)
    assert len(walk.actions.judge.delivered) > 30


def test_after_a_walk_nothing_is_kept_for_ever(redis: redis.Redis) -> None:
    walk = Walk(build(redis, known=HOLDING), 0)
    walk.steps(STEPS)
    walk.heal()

    # A letter that is discarded lets go what it has held.
    while letters := list(walk.world.letters.all()):
        for letter in letters:
            people.decide(walk.actions, letter.id, "discarded")
        walk.heal()

    every = [key for key in map(text, redis.scan_iter()) if not is_clock(key)]
    kept = {key for key in every if redis.pttl(key) == -1}
    bounded = {"{wb:0}:counts", "{wb:0}:sources", "{wb:0}:failures"}
    bounded |= {"{wb:0}:endpoints", "{wb:0}:roster", "{wb:0}:results"}
    bounded |= {"{wb:0}:pauses"}
    assert kept == {*bounded, STREAM, keys.account(STREAM, "waybill")}
