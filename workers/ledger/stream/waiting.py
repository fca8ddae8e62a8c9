"""Wait for a consumer group's next entry, whose bytes stay in Redis."""

import time
from collections.abc import Callable
from typing import Any

import redis
from redis.exceptions import ResponseError

from workers.redis.round_trips import Command

#: Seconds between two looks where Redis does not let us wait.
PAUSE = 0.05

#: Seconds between two looks whether to wait on, and after which an answer is overdue.
SLICE, OVERDUE = 1.0, 5.0


def wait(
    client: "redis.Redis",
    group_read: Command,
    given: Command,
    block_ms: int,
    stopped: Callable[[], bool] = lambda: False,
) -> Any:
    """What a command answers once a blocking read of a group has ended.

    A blocking read answers with the entry, which may be of any size. Redis is asked to
    skip that answer; the one of the command behind it comes when the read has ended.

    Args:
        client: RESP2, bytes.
        group_read: an XREADGROUP of one entry that blocks.
        given: the command behind it, which asks for what it was given.
        block_ms: for how long.
        stopped: whether to wait no longer; what was asked is left to Redis then.

    Returns:
        The answer of `given`, None where it was waited for no longer.

    Raises:
        ResponseError: there is no such group, or this user may not wait like this.
        redis.RedisError: Redis does not answer.
    """
    ends = time.monotonic() + block_ms / 1000
    pool = client.connection_pool
    connection: Any = pool.get_connection()
    try:
        commands = (("CLIENT", "REPLY", "SKIP"), group_read, given)
        connection.send_packed_command(connection.pack_commands(commands))
        return _read(connection, ends, stopped)
    except ResponseError:
        # Do not spin. The answers that are still to come are nobody's.
        connection.disconnect()
        time.sleep(min(PAUSE, block_ms / 1000) / 10)
        raise
    except BaseException:
        connection.disconnect()
        raise
    finally:
        pool.release(connection)


def _read(connection: Any, at: float, stopped: Callable[[], bool]) -> Any:
    """Read an answer that may take until this moment, and not much longer."""
    while not connection.can_read(SLICE):
        if stopped():
            # Its answer is still to come, and is nobody's.
            connection.disconnect()
            return None
        if time.monotonic() > at + OVERDUE:
            raise redis.TimeoutError("Redis does not end a blocking read")
    return connection.read_response()
