"""Redis may forget the scripts that it was taught."""

import redis

from tests.ledger.clock import World, build
from workers.ledger.scripts import Scripts
from workers.ledger.stream import Stream


def test_scripts_that_redis_forgot_are_taught_again(
    stream: Stream, redis: redis.Redis, world: World
) -> None:
    assert isinstance(world.scripts, Scripts)
    stream.trim()
    redis.script_flush()

    assert stream.trim() == 0
    assert build(redis).claims.work() == []
