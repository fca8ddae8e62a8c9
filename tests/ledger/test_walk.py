"""Whatever happens in whatever order: nothing is lost, nothing is in two places."""

import pytest
import redis
from redis.exceptions import ResponseError

from tests.ledger.clock import CLOCK, Change, build
from tests.ledger.places import picture
from tests.ledger.walk import Walk

STEPS = 400


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("partitions", [1, 4])
def test_a_random_walk_breaks_no_rule_and_comes_to_rest(
    redis: redis.Redis, partitions: int, seed: int
) -> None:
    walk = Walk(build(redis, partitions=partitions), seed)

    walk.steps(STEPS)
    walk.heal()

    states = picture(redis).states
    at_rest = {"done", "dead", "superseded", "discarded"}
    assert {states[ref] for ref in walk.judge.numbers} <= at_rest
    assert len(walk.judge.delivered) > 30


def test_after_a_walk_nothing_is_kept_for_ever(redis: redis.Redis) -> None:
    walk = Walk(build(redis), 0)
    walk.steps(STEPS)
    walk.heal()

    for letter in list(walk.world.letters.all()):
        assert walk.world.letters.discard(letter.id) == "discarded"

    kept = {key for key in redis.scan_iter() if redis.pttl(key) == -1}
    assert kept == {b"{wb:0}:counts", CLOCK.encode()}


#: What a script might have got wrong, each by the rule that it breaks.
MISTAKES: dict[str, Change] = {
    "an ambiguous end is not counted": ("    count('ambiguous')\n", ""),
    "any run may go on": ("return item[3] == run and 'go' or 'no'", "return 'go'"),
    "any fence may begin": ("if item[2] ~= fence then return 'no' end", ""),
    "any fence may fail": (
        "if item[2] ~= ARGV[2] or item[3] ~= ARGV[3] then return 'fenced' end",
        "",
    ),
    "a late success is forgotten": (
        "if verdict == 'done' then",
        "if verdict == 'done' and item[2] == ARGV[2] and item[3] == ARGV[3] then",
    ),
    "a report counts twice": ("if state ~= 'sending' then return state end", ""),
    "a fence does not rise": (
        "return redis.call('HINCRBY', ROOT .. ref, 'fence', 1)",
        "return redis.call('HGET', ROOT .. ref, 'fence') or 0",
    ),
    "a try is not counted": (
        "redis.call('HINCRBY', ROOT .. ref, 'tries', 1)",
        "",
    ),
    "tries have no end": ("if tonumber(item[4] or 0) >= most then", "if false then"),
    "a lane's tail goes too": ("ref) > 1 then return nil end", "ref) > 99 then end"),
    "a lane's next is forgotten": (
        "if head then make_due(head, destination, NOW) end",
        "",
    ),
    "a lane is left from anywhere": ("if not was_head then return end", ""),
    "a dead letter stays in its lane": (
        "if item[2] then leave_lane(ref, item[2], item[1]) end",
        "",
    ),
    "what is due stays leased": (
        (
            "redis.call('ZREM', leased_key(destination), ref)\n"
            "  redis.call('ZADD', due_key(destination), at, ref)"
        ),
        "redis.call('ZADD', due_key(destination), at, ref)",
    ),
    "what is leased stays due": (
        (
            "redis.call('ZREM', due_key(destination), ref)\n"
            "  redis.call('ZADD', leased_key(destination), NOW + lease, ref)"
        ),
        "redis.call('ZADD', leased_key(destination), NOW + lease, ref)",
    ),
    "what has ended stays leased": (
        (
            "redis.call('ZREM', leased_key(destination), ref)\n"
            "  redis.call('ZREM', DEAD, ref)"
        ),
        "redis.call('ZREM', DEAD, ref)",
    ),
    "a replayed letter stays dead": (
        "redis.call('ZREM', DEAD, ref)\nredis.call('HDEL', ROOT .. ref, 'why'",
        "redis.call('HDEL', ROOT .. ref, 'why'",
    ),
    "anything may be replayed": ("if item[1] ~= 'dead' then return 'not_dead' end", ""),
    "what has begun is handed back": ("item[1] == 'leased' and item[2]", "item[2]"),
    "a watch ends where it stands": (
        "take_out(ref, item[2])\n  redis.call('HINCRBY'",
        "redis.call('HINCRBY'",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_random_walk_notices(redis: redis.Redis, mistake: str) -> None:
    def walks() -> None:
        for seed in range(6):
            redis.flushall()
            walk = Walk(build(redis, changes=[MISTAKES[mistake]]), seed)
            walk.steps(STEPS)
            walk.heal()

    with pytest.raises((AssertionError, ResponseError)):
        walks()
