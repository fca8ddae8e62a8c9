"""Round trips to Redis over connections that are kept, without a client's own costs.

redis-py's pipeline takes 55 µs of CPU more than the exchange itself: it checks its
pool, polls the socket, makes objects for each command and looks up how to read each
answer. Here its connections are used directly, with what they do by themselves: they
connect, authenticate, look after their health, and find the primary.
"""

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol, runtime_checkable

import redis
from redis.exceptions import ResponseError

#: A pool's attribute, of those of its connections that are kept.
_KEPT = "kept_for_round_trips"

#: A command: its name and its arguments.
Command = tuple[str | bytes | int | float, ...]


@runtime_checkable
class Exchanges(Protocol):
    """A client that sends commands by itself, as one of a Cluster does."""

    def exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Each one's answer, or Redis' own error about it."""


class RoundTrips:
    """Sends commands on connections of one client.

    A connection that Redis has closed meanwhile shows that at its next use only. A
    client that never asks twice therefore goes the long way, which looks first.

    All that send over one pool share what is kept of it: each stream of a ledger has
    its own, and together they would keep more connections than the pool may make.

    Args:
        client: whose pool makes the connections, and closes them.
    """

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        # Asked once: what a protocol is takes microseconds to find out.
        self._exchange = client.exchange if isinstance(client, Exchanges) else None
        self._pool: Any = client.connection_pool
        # Those in use last come first: few are kept busy, and the others rest.
        self._kept: deque[Any] = vars(self._pool).setdefault(_KEPT, deque())

    def send(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands at once; each one's answer, or Redis' own error about it.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        if self._exchange is not None:
            return self._exchange(commands)
        try:
            connection = self._kept.pop()
        except IndexError:
            connection = self._pool.get_connection()
        if not connection.retry.get_retries():
            self._pool.release(connection)
            return self._piped(commands)
        try:
            answers: list[Any] = connection.retry.call_with_retry(
                partial(_exchanged, connection, commands),
                lambda _: connection.disconnect(),
            )
        finally:
            self._kept.append(connection)
        return answers

    def _piped(self, commands: Sequence[Command]) -> list[Any]:
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)  # type: ignore[no-untyped-call] # redis-py's gap
        return pipeline.execute(raise_on_error=False)


def _exchanged(connection: Any, commands: Sequence[Command]) -> list[Any]:
    connection.send_packed_command(connection.pack_commands(commands))
    return [_answer(connection) for _ in commands]


def _answer(connection: Any) -> Any:
    try:
        return connection.read_response()
    except ResponseError as error:
        return error
