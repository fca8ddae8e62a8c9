"""Redis Cluster as one Redis: each command goes to the node that has its key's slot.

What a node answers about where a slot is (MOVED, ASK) is followed at once. What passes
by itself is waited for, as with a Redis that restarts: TRYAGAIN while a slot moves,
CLUSTERDOWN and lost connections until a replica has taken a primary's place.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.connection import ConnectionPool
from redis.crc import key_slot
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from workers.redis.address import redis_address
from workers.redis.cluster.commands import guarded
from workers.redis.cluster.information import together
from workers.redis.cluster.nodes import Nodes
from workers.redis.cluster.turn import ClusterAwayError, Turn
from workers.redis.hosts import Host
from workers.redis.round_trips import Command
from workers.redis.scans import SingleClient, scan_step
from workers.redis.sentinels import reached

#: How often an answer about where a slot is is followed without a pause.
REDIRECTIONS: Final = 8

#: How often, beyond its patience, a command follows nodes that name another one since.
RENEWALS: Final = 3

#: The longest pause before a command is sent again, and the first, in seconds.
LONGEST, FIRST = 1.0, 0.05

#: Of this many nodes a cursor of SCAN can tell which one it is of.
_NODES: Final = 1024


class ClusterClient(redis.Redis):
    """A client of all nodes, with the methods of one of a single Redis.

    A pipeline is sent to each node at once. It is never a transaction.

    Args:
        nodes: of the cluster.
        waits: how often something that passes by itself is waited for.
    """

    def __init__(self, nodes: Nodes, waits: int) -> None:
        self.nodes, self._waits = nodes, waits
        super().__init__(connection_pool=nodes.first)

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command; those about all keys, on every node."""
        match str(args[0]).split()[0].upper():
            case "SCAN":
                return self._scanned(args, options)
            case "SCRIPT":
                return self._taught(args, options)
            case "FLUSHALL" | "FLUSHDB":
                answers = [_run(one, *args, **options) for one in self.each()]
                return answers[-1]
        return self.parsed(self.exchange([args])[0], args[0], options)

    def parsed(self, answer: Any, name: Any, options: dict[str, Any]) -> Any:
        """An answer as the methods of redis-py give it; an error is raised."""
        if isinstance(answer, Exception):
            raise answer
        callbacks: Any = self.response_callbacks
        options.pop("keys", None)
        return callbacks[name](answer, **options) if name in callbacks else answer

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Pipeline:  # noqa: ARG002, FBT001, FBT002 (redis-py's signature)
        """Collect commands, to be sent to each node at once."""
        return _Collected(self)

    def info(self, section: str | None = None, *args: str, **options: Any) -> Any:
        """What INFO says of all primaries together; see `together`."""
        return together([one.info(section, *args, **options) for one in self.each()])

    def each(self) -> list["redis.Redis"]:
        """A client of each primary."""
        return [self.alone(host) for host in self.nodes.primaries()]

    def alone(self, host: Host) -> "redis.Redis":
        """A client of one node; it follows no slot."""
        return redis.Redis(connection_pool=self.nodes.pool(host))

    def close(self) -> None:
        """Close every connection."""
        self.nodes.close()

    def _taught(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """Have each primary that answers know a script; another one asks for it later.

        Raises:
            redis.RedisError: none answers.
        """
        answers, lost = list[Any](), None
        for one in self.each():
            try:
                answers.append(_run(one, *args, **options))
            except (RedisConnectionError, RedisTimeoutError) as error:
                lost = error
        if lost is not None and not answers:
            raise lost
        return answers[-1]

    def _scanned(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """One step of a pass over all nodes; its cursor tells which node is next.

        Where a replica has taken a primary's place, the pass over its keys begins anew;
        see `scan_step`.
        """
        at, place = divmod(int(args[1]), _NODES)
        for waited in range(self._waits + 1):
            every = self.nodes.primaries()
            if place >= len(every):
                raise ClusterAwayError("its primaries have changed during a SCAN")
            host = every[place]
            try:
                step = (args[0], at, *args[2:])
                cursor, names = scan_step(self.alone(host), step, options)
            except (RedisConnectionError, RedisTimeoutError):
                self.nodes.doubt(host)
                if waited == self._waits:
                    raise
                self._rest(waited)
                continue
            if cursor:
                return cursor * _NODES + place, names
            return (place + 1) % len(every), names
        raise ClusterAwayError("a primary is away")

    def _rest(self, waited: int) -> None:
        """Pause before a command is sent again, the longer the oftener it was."""
        time.sleep(min(LONGEST, FIRST * 2**waited) * random.uniform(0.5, 1.0))  # noqa: S311 (no secret)

    def exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands to where they belong; each one's answer, or Redis' own error.

        Raises:
            redis.RedisError: a node does not answer, or a slot is not served.
        """
        answers: list[Any] = [None] * len(commands)
        turn = Turn([guarded(one) for one in commands])
        waited = followed = 0
        while turn.left:
            trouble = turn.take(self.nodes, answers)
            if not turn.left:
                break
            if trouble is None and followed < REDIRECTIONS:
                followed += 1
                continue
            if waited >= self._waits and not self._is_renewed(waited):
                raise trouble or turn.led_astray()
            self._rest(waited)
            waited += 1
        return answers

    def _is_renewed(self, waited: int) -> bool:
        """Whether a slot has another node since, as nodes that disagree always say."""
        return waited < self._waits + RENEWALS and self.nodes.renewed()


class _Collected(Pipeline):
    """A pipeline over all nodes.

    Args:
        cluster: that runs it.
    """

    def __init__(self, cluster: ClusterClient) -> None:
        self._cluster = cluster
        pool, callbacks = cluster.connection_pool, cluster.response_callbacks
        super().__init__(pool, callbacks, transaction=False, shard_hint=None)

    def execute(self, raise_on_error: bool = True) -> list[Any]:  # noqa: FBT001, FBT002 (redis-py's signature)
        """Send all that was collected; each one's answer."""
        stack, self.command_stack = self.command_stack, []
        found = self._cluster.exchange([args for args, _ in stack])
        return [
            answer
            if isinstance(answer, Exception) and not raise_on_error
            else self._cluster.parsed(answer, args[0], options)
            for (args, options), answer in zip(stack, found, strict=True)
        ]


def _run(client: "redis.Redis", *args: Any, **options: Any) -> Any:
    return client.execute_command(*args, **options)  # type: ignore[no-untyped-call] # redis-py's gap


@contextmanager
def node_of(client: "redis.Redis", key: str) -> Iterator["redis.Redis"]:
    """A client of the node that has a key; of a single Redis the same one."""
    if not isinstance(client, ClusterClient):
        yield client
        return
    host = client.nodes.host(key_slot(key.encode()))
    try:
        yield client.alone(host)
    except (RedisConnectionError, RedisTimeoutError):
        client.nodes.doubt(host)
        raise


def connected(
    url: str, kinds: Mapping[str, type[Any]], *, retry: Retry, **options: Any
) -> "redis.Redis":
    """A client of a Redis, however its URL says where it is; nothing connects yet.

    Args:
        url: of any form that `redis_address` takes.
        kinds: of connections, by scheme.
        retry: how often a command is sent again, and with which pauses; a cluster's
            pauses are its own.
        options: of its connections.
    """
    address = redis_address(url)
    if not address.nodes:
        return SingleClient.from_url(**reached(url, kinds), retry=retry, **options)
    waits, kind = retry.get_retries(), kinds[address.scheme]
    options.pop("retry_on_error", None)

    def pool_of(host: Host) -> ConnectionPool:
        once = Retry(NoBackoff(), 0)
        return ConnectionPool.from_url(
            address.of_node(host), connection_class=kind, retry=once, **options
        )

    return ClusterClient(Nodes(address.nodes, pool_of, looks_first=not waits), waits)
