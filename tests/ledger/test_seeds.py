"""Hundreds of short walks: every step keeps the rules, and all come to rest."""

from collections import Counter

import pytest
import redis

from tests.ledger.clock import HOLDING, Change, build
from tests.ledger.places import picture
from tests.ledger.replay_seed import STEPS, command
from tests.ledger.walk import Walk

SEEDS = 400
#: Those of every test run; the others are for CI.
OFTEN = 100
CHUNK = 25

#: What the scripts count, and how often each must happen in a chunk at the least.
COUNTED = {
    "admitted": 50,
    "duplicate": 10,
    "done": 50,
    "superseded": 2,
    "ambiguous": 20,
    "dead": 5,
    "replayed": 2,
}


def walk(client: redis.Redis, seed: int, changes: tuple[Change, ...] = ()) -> Walk:
    """Walk one seed to its end; even seeds in one partition, odd ones in four.

    Raises:
        AssertionError: a rule is broken; the message holds the command to see it.
    """
    client.flushall()
    partitions = 4 if seed % 2 else 1
    world = build(client, partitions=partitions, known=HOLDING, changes=changes)
    one = Walk(world, seed)
    try:
        one.whole(STEPS)
    except (AssertionError, redis.RedisError) as error:
        again = command(seed, partitions, STEPS)
        raise AssertionError(f"seed {seed} broke: {error}\n{again}") from error
    return one


def walks(client: redis.Redis, seeds: range, *changes: Change) -> Counter[str]:
    """Walk all these seeds; how often what happened."""
    happened: Counter[str] = Counter()
    for seed in seeds:
        one = walk(client, seed, changes)
        happened += picture(one.world.redis).counts
    return happened


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(n, marks=() if n < OFTEN else pytest.mark.long)
        for n in range(0, SEEDS, CHUNK)
    ],
)
def test_every_seed_keeps_every_rule_and_comes_to_rest(
    trimmed: redis.Redis, first: int
) -> None:
    happened = walks(trimmed, range(first, first + CHUNK))

    assert [what for what in COUNTED if happened[what] < COUNTED[what]] == []


def test_a_failing_seed_states_how_to_see_it_again(trimmed: redis.Redis) -> None:
    a_lane_forgets = "make_due(heads[2], destination, NOW)", ""

    with pytest.raises(AssertionError) as broken:
        walks(trimmed, range(CHUNK), a_lane_forgets)

    assert "python -m tests.ledger.replay_seed " in str(broken.value)
