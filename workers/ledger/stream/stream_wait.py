"""Waiting for a new entry of the stream without its bytes."""

import time
from typing import Any

import redis
from redis.exceptions import ResponseError

#: Seconds between two looks where Redis does not let us wait.
PAUSE = 0.05


def wait(client: "redis.Redis", stream: str, after: str, block_ms: int) -> None:
    """Return once the stream has an entry after this id, or the time is over.

    A blocking read answers with the entry, which may be of any size. Redis is asked to
    skip that answer; the one of the PING behind it comes when the read has ended.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    began = time.monotonic()
    pool = client.connection_pool
    connection: Any = pool.get_connection()
    try:
        commands = (
            ("CLIENT", "REPLY", "SKIP"),
            ("XREAD", "COUNT", 1, "BLOCK", block_ms, "STREAMS", stream, after),
            ("PING",),
        )
        connection.send_packed_command(connection.pack_commands(commands))
        connection.read_response()
    except ResponseError:
        # This user may not use CLIENT; the answers that are still to come are nobody's.
        connection.disconnect()
    except BaseException:
        connection.disconnect()
        raise
    finally:
        pool.release(connection)
    if time.monotonic() - began < PAUSE / 10:
        # Another reader was quicker, or this user may not use XREAD: do not spin.
        time.sleep(min(PAUSE, block_ms / 1000) / 10)
