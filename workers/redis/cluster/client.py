"""Redis Cluster as one Redis: each command goes to the node that has its key's slot.

What a node answers about where a slot is (MOVED, ASK) is followed at once. What passes
by itself is waited for, as with a Redis that restarts: TRYAGAIN while a slot moves,
CLUSTERDOWN and lost connections until a replica has taken a primary's place.
"""

import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.connection import ConnectionPool
from redis.crc import key_slot
from redis.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    MovedError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from workers.redis.address import redis_address
from workers.redis.cluster.commands import guarded, slot_of
from workers.redis.cluster.information import together
from workers.redis.cluster.nodes import Nodes
from workers.redis.hosts import Host
from workers.redis.round_trips import Command
from workers.redis.sentinels import reached

#: How often an answer about where a slot is is followed without a pause.
REDIRECTIONS: Final = 8

#: The longest pause before a command is sent again, and the first, in seconds.
LONGEST, FIRST = 1.0, 0.05

#: Of this many nodes a cursor of SCAN can tell which one it is of.
_NODES: Final = 1024


class ClusterAwayError(RedisConnectionError):
    """No node serves a slot just now; it is waited for like a Redis that is away."""


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
        """One step of a pass over all nodes; its cursor tells which node is next."""
        place, at = int(args[1]) % _NODES, int(args[1]) // _NODES
        every = self.each()
        if place >= len(every):
            raise ClusterAwayError("its primaries have changed during a SCAN")
        cursor, found = _run(every[place], "SCAN", at, *args[2:], **options)
        if int(cursor):
            return int(cursor) * _NODES + place, found
        return (place + 1) % len(every), found

    def exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands to where they belong; each one's answer, or Redis' own error.

        Raises:
            redis.RedisError: a node does not answer, or a slot is not served.
        """
        answers: list[Any] = [None] * len(commands)
        turn = _Turn([guarded(one) for one in commands])
        waited = followed = 0
        while turn.left:
            trouble = turn.take(self.nodes, answers)
            if not turn.left:
                break
            if trouble is None and followed < REDIRECTIONS:
                followed += 1
                continue
            if waited >= self._waits and not self.nodes.renewed():
                raise trouble or ClusterAwayError("its nodes name each other in turn")
            time.sleep(min(LONGEST, FIRST * 2**waited) * random.uniform(0.5, 1.0))  # noqa: S311 (no secret)
            waited += 1
        return answers


class _Turn:
    """Commands that still have no answer, and where each is to be asked.

    Args:
        commands: all of them; their answers go by their places.
    """

    def __init__(self, commands: Sequence[Command]) -> None:
        self._commands = commands
        self._slots = [slot_of(one) for one in commands]
        self._asked: dict[int, Host] = {}
        self.left = list(range(len(commands)))

    def take(self, nodes: Nodes, answers: list[Any]) -> redis.RedisError | None:
        """Send what is left once; what is to be waited for, if anything is."""
        again: list[int] = []
        trouble: redis.RedisError | None = None
        asked, self._asked = self._asked, {}
        try:
            parts = self._by_host(nodes, asked)
        except (RedisConnectionError, RedisTimeoutError) as error:
            return error
        for host, places in parts.items():
            asking = [place in asked for place in places]
            try:
                found = nodes.sent(host, [self._commands[n] for n in places], asking)
            except (RedisConnectionError, RedisTimeoutError) as error:
                nodes.doubt(host)
                again, trouble = [*again, *places], error
                continue
            for place, answer in zip(places, found, strict=True):
                if not self._is_redirected(place, answer, nodes, host):
                    answers[place] = answer
                    continue
                again.append(place)
                if _passes(answer):
                    trouble = ClusterAwayError(str(answer))
        self.left = sorted(again)
        return trouble

    def _by_host(self, nodes: Nodes, asked: dict[int, Host]) -> dict[Host, list[int]]:
        found: defaultdict[Host, list[int]] = defaultdict(list)
        for place in self.left:
            host = asked.get(place) or nodes.host(self._slots[place])
            found[host].append(place)
        return found

    def _is_redirected(self, place: int, answer: Any, nodes: Nodes, host: Host) -> bool:
        match answer:
            case MovedError():
                nodes.moved(answer.slot_id, _named(answer, host))
            case AskError():
                self._asked[place] = _named(answer, host)
            case ClusterDownError():
                nodes.doubt(host)
            case _:
                return _passes(answer)
        return True


def _passes(answer: Any) -> bool:
    return isinstance(answer, TryAgainError | ClusterDownError | BusyLoadingError)


def _named(answer: AskError, host: Host) -> Host:
    """Where an answer leads; without a name to the host that gave it."""
    return Host(answer.host or host.name, answer.port)


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
        return redis.Redis.from_url(**reached(url, kinds), retry=retry, **options)
    waits, kind = retry.get_retries(), kinds[address.scheme]
    options.pop("retry_on_error", None)

    def pool_of(host: Host) -> ConnectionPool:
        once = Retry(NoBackoff(), 0)
        return ConnectionPool.from_url(
            address.of_node(host), connection_class=kind, retry=once, **options
        )

    return ClusterClient(Nodes(address.nodes, pool_of, looks_first=not waits), waits)
