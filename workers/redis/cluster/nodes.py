"""Nodes of a Redis Cluster: which has which slot, and connections to each."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import redis
from redis.connection import ConnectionPool
from redis.exceptions import ResponseError

from workers.redis.answers import text
from workers.redis.hosts import Host
from workers.redis.round_trips import Command

#: Seconds between two looks at which node has which slot.
BETWEEN: Final = 0.1


class Nodes:
    """The nodes of one cluster, as far as they are known; for many threads.

    Args:
        seeds: those that are asked first for the others.
        pool_of: makes the connections to a node; nothing connects yet.
        looks_first: whether a connection that was used before is looked at before it
            is used again, for who does not ask twice.
    """

    def __init__(
        self,
        seeds: Sequence[Host],
        pool_of: Callable[[Host], ConnectionPool],
        *,
        looks_first: bool = False,
    ) -> None:
        self._seeds, self._pool_of = tuple(seeds), pool_of
        self._looks_first = looks_first
        self._lock = threading.Lock()
        self._pools: dict[Host, ConnectionPool] = {}
        self._kept: dict[Host, deque[Any]] = {}
        self._slots: dict[int, Host] = {}
        #: Those that have slots, by their first ones; found out when it is asked for.
        self._primaries: list[Host] = []
        self._doubted = True
        #: Who did not answer last; it is asked last.
        self._silent: Host | None = None
        self._looked_at = -BETWEEN

    @property
    def first(self) -> ConnectionPool:
        """Connections to the first seed."""
        return self.pool(self._seeds[0])

    def pool(self, host: Host) -> ConnectionPool:
        """Connections to a node."""
        with self._lock:
            if host not in self._pools:
                self._pools[host] = self._pool_of(host)
                self._kept[host] = deque()
            return self._pools[host]

    def host(self, slot: int) -> Host:
        """The node that has a slot, as far as is known.

        Raises:
            redis.RedisError: no node answers, or the first that does has no cluster.
        """
        if self._doubted:
            self._look()
        return self._slots.get(slot) or self._seeds[0]

    def primaries(self) -> list[Host]:
        """Those that have slots, by their first ones."""
        self._look()
        with self._lock:
            if not self._primaries:
                hosts = (self._slots[n] for n in sorted(self._slots))
                self._primaries = list(dict.fromkeys(hosts))
            return list(self._primaries)

    def moved(self, slot: int, host: Host) -> None:
        """A node has said that another one has this slot; so has it others perhaps."""
        with self._lock:
            self._slots[slot] = host
            self._primaries = []
        self._doubted = True

    def doubt(self, host: Host) -> None:
        """A node does not answer, or serves nothing: others may have its slots."""
        self._doubted, self._silent = True, host
        kept, pool = self._kept.get(host), self._pools.get(host)
        while kept and pool:
            try:
                connection = kept.pop()
            except IndexError:
                # Another thread has taken the last one.
                return
            connection.disconnect()
            pool.release(connection)

    def renewed(self) -> bool:
        """Look at once; whether another node has any slot since."""
        before = dict(self._slots)
        try:
            self._look()
        except redis.RedisError:
            return False
        return before != self._slots

    def _look(self) -> None:
        with self._lock:
            recent = time.monotonic() - self._looked_at < BETWEEN
            known = [*self._slots.values()] if self._slots else []
        if recent and known:
            return
        failure: redis.RedisError | None = None
        asked = dict.fromkeys((*known, *self._seeds))
        for host in sorted(asked, key=lambda one: one == self._silent):
            try:
                (found,) = self.sent(host, [("CLUSTER", "SLOTS")], [False])
            except redis.RedisError as error:
                failure = failure or error
                continue
            if isinstance(found, ResponseError):
                raise found
            slots = dict(_owned(found, host))
            if slots:
                with self._lock:
                    self._slots, self._looked_at = slots, time.monotonic()
                    self._doubted, self._primaries = False, []
                return
        raise failure or redis.ConnectionError("no node of the cluster knows its slots")

    def sent(
        self, host: Host, commands: Sequence[Command], asking: Sequence[bool]
    ) -> list[Any]:
        """Send commands to one node at once; each one's answer, or its own error.

        Args:
            host: of the node.
            commands: some.
            asking: which of them are to be served although the slot is not its yet.

        Raises:
            redis.RedisError: it does not answer.
        """
        words = [
            word
            for command, asks in zip(commands, asking, strict=True)
            for word in ((("ASKING",), command) if asks else (command,))
        ]
        with self._connection(host) as connection:
            connection.send_packed_command(connection.pack_commands(words))
            answers = [_answer(connection) for _ in words]
        wanted = iter(answers)
        return [
            (next(wanted), next(wanted))[1] if asks else next(wanted) for asks in asking
        ]

    @contextmanager
    def _connection(self, host: Host) -> Iterator[Any]:
        pool = self.pool(host)
        kept = self._kept[host]
        try:
            connection: Any = kept.pop()
        except IndexError:
            connection = pool.get_connection()
        try:
            yield connection
        except BaseException:
            connection.disconnect()
            pool.release(connection)
            raise
        if self._looks_first:
            pool.release(connection)
        else:
            kept.append(connection)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for pool in self._pools.values():
                pool.disconnect()
            self._kept = {host: deque() for host in self._pools}


def _answer(connection: Any) -> Any:
    try:
        return connection.read_response()
    except ResponseError as error:
        return error


def _owned(ranges: Sequence[Any], asked: Host) -> Iterator[tuple[int, Host]]:
    """Each slot with its primary; one without a name is where this was answered."""
    for first, last, primary, *_ in ranges:
        host = Host(text(primary[0]) or asked.name, int(primary[1]))
        for slot in range(int(first), int(last) + 1):
            yield slot, host
