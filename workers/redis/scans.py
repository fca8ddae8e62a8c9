"""Cursors of SCAN and ZSCAN that name the server which gave them.

A server's cursor means nothing to another one, nor to itself after a restart: names are
in other places there. Where another server answers than the one that gave a cursor, as
after a failover, its keys are passed anew; some come again, and none is left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from zlib import crc32

import redis

from workers.redis.answers import octets

#: Of this many servers a cursor can tell which one gave it.
_MARKS: Final = 2**32


def scan_step(
    server: "redis.Redis", args: Sequence[Any], options: Mapping[str, Any]
) -> tuple[int, Any]:
    """One step of a pass over a server's keys: the next cursor, and what was found.

    Args:
        server: that is asked, whichever it is now.
        args: of SCAN: the name, a cursor that a step before has given, what it asks;
            of ZSCAN, with the key before the cursor.
        options: of its answer.

    Raises:
        redis.RedisError: it does not answer.
    """
    at = 1 if args[0] == "SCAN" else 2
    cursor, mark = divmod(int(args[at]), _MARKS)
    while True:
        asked = [*args[:at], cursor, *args[at + 1 :]]
        now, following, found = _asked(server, asked, options)
        if not cursor or now == mark:
            return (following * _MARKS + now if following else 0), found
        cursor = 0


def _asked(
    server: "redis.Redis", args: Sequence[Any], options: Mapping[str, Any]
) -> tuple[int, int, Any]:
    """The mark of the process that answers, and its own cursor, on one connection."""
    pipeline = server.pipeline(transaction=False)
    pipeline.info("server")
    pipeline.execute_command(*args, **options)  # type: ignore[no-untyped-call] # redis-py's gap
    known, (following, found) = pipeline.execute()
    return crc32(octets(known.get("run_id"))), int(following), found


class SingleClient(redis.Redis):
    """A client of one Redis, whichever server that is by now."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command."""
        if args[0] == "SCAN":
            return scan_step(self, args, options)
        return super().execute_command(*args, **options)  # type: ignore[no-untyped-call] # redis-py's gap
