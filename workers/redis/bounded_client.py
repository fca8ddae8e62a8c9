"""Redis client with one time-out over all its calls together.

A time-out per call bounds nothing: twenty calls may each take just less. Here every
client has one budget. An answer within `PROMPT` costs nothing, however many there are,
so that a Redis far away and a long list are served; whatever an answer, a connection
or a handshake takes beyond is taken from the budget, and what is left of it is the
next one's time-out.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import redis
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.connection import (
    Connection,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.exceptions import ResponseError
from redis.retry import Retry

from workers.redis.cluster.client import connected
from workers.redis.primary import ToPrimary
from workers.redis.sentinels import Resolved

#: Seconds for who only looks, at a terminal or for a health page: a command takes as
#: much again to begin on a busy machine, and is to answer within three.
LOOKING = 1.2

#: Seconds for one address of a name that has several; a lost first packet costs one.
CONNECT = 1.1

#: Seconds for who changes something and would rather wait than be in doubt.
CHANGING = 8.0

#: How often a change is sent again, with pauses of a second at most; every script may
#: run twice, and an event that is in the stream twice has one effect.
CHANGE_RETRIES = 6

#: Seconds that an answer may take for nothing.
PROMPT = 0.1


class Budget:
    """Seconds that are left for waiting; one client's, in one thread.

    Args:
        seconds: of waiting in all.
        awaited: seconds that each answer may take for nothing beside `PROMPT`.
    """

    def __init__(self, seconds: float, awaited: float = 0.0) -> None:
        self._left = seconds
        self._awaited = awaited

    @property
    def timeout(self) -> float:
        """Seconds for the next answer."""
        return self._left + self._free

    @property
    def _free(self) -> float:
        return PROMPT + self._awaited

    @contextmanager
    def spent(self) -> Iterator[None]:
        """Take from the budget what the block lasts beyond what is free."""
        begun = time.monotonic()
        try:
            yield
        finally:
            lasted = time.monotonic() - begun
            self._left = max(0.0, self._left - max(0.0, lasted - self._free))


class _Bounded:
    """Has a connection of redis-py wait within a budget.

    Args:
        budget: of its client.
        options: the connection's own.
    """

    def __init__(self, *, budget: Budget, **options: Any) -> None:
        self._budget = budget
        super().__init__(**options)

    def _connect(self) -> Any:
        mixed: Any = self
        mixed.socket_connect_timeout = min(CONNECT, self._budget.timeout)
        mixed.socket_timeout = self._budget.timeout
        with self._budget.spent():
            return super()._connect()  # type: ignore[misc] # the other base has it

    def read_response(self, *args: Any, **options: Any) -> Any:
        options.setdefault("timeout", self._budget.timeout)
        with self._budget.spent():
            return super().read_response(*args, **options)  # type: ignore[misc] # as above


class _OverNetwork(_Bounded, ToPrimary, Connection):
    """redis://."""


class _Greeting:
    """Has a new connection read an answer before it is used.

    A server's TLS session tickets come behind the handshake. On a connection that has
    read nothing they look like data that nobody has asked for, and redis-py refuses it.
    """

    def on_connect_check_health(self, *args: Any, **options: Any) -> None:
        mixed: Any = self
        super().on_connect_check_health(*args, **options)  # type: ignore[misc] # the other base has it
        if mixed.client_name or mixed.password or mixed.credential_provider:
            return
        mixed.send_command("PING", check_health=False)
        with suppress(ResponseError):
            mixed.read_response()


class _OverTls(_Greeting, _Bounded, ToPrimary, SSLConnection):
    """rediss://."""


class _OverSocket(_Bounded, ToPrimary, UnixDomainSocketConnection):
    """unix://."""


class _ByName(_Bounded, Resolved, ToPrimary, Connection):
    """redis+sentinel://; what the sentinels take is of the budget too."""


class _ByNameOverTls(_Greeting, _Bounded, Resolved, ToPrimary, SSLConnection):
    """rediss+sentinel://; the same."""


_KINDS = {
    "redis": _OverNetwork,
    "rediss": _OverTls,
    "unix": _OverSocket,
    "redis+sentinel": _ByName,
    "rediss+sentinel": _ByNameOverTls,
}


def looking_client(url: str, name: str, seconds: float = LOOKING) -> "redis.Redis":
    """A client for who only looks: no second attempt.

    Args:
        url: of any form that `redis_address` takes.
        name: what CLIENT LIST shows of it.
        seconds: of waiting in all.
    """
    return _client(url, name, seconds, Retry(NoBackoff(), 0))


def changing_client(url: str, name: str) -> "redis.Redis":
    """A client for who changes something: it outlasts a restart of Redis."""
    backoff = ExponentialWithJitterBackoff(cap=1.0, base=0.05)
    return _client(url, name, CHANGING, Retry(backoff, CHANGE_RETRIES))


def adding_client(url: str, awaited: float = 0.0) -> "redis.Redis":
    """As `changing_client`, for a user who may add to the stream and do nothing else.

    It has no name and reports nothing of itself, since both would be commands.

    Args:
        url: of any form that `redis_address` takes.
        awaited: seconds for which each answer waits for replicas, as it was asked to.
    """
    backoff = ExponentialWithJitterBackoff(cap=1.0, base=0.05)
    retry = Retry(backoff, CHANGE_RETRIES)
    return _client(url, "", CHANGING, retry, awaited)


def _client(
    url: str, name: str, seconds: float, retry: Retry, awaited: float = 0.0
) -> "redis.Redis":
    return connected(
        url,
        _KINDS,
        protocol=2,
        budget=Budget(seconds, awaited),
        retry=retry,
        client_name=f"waybill-{name}" if name else None,
        # Its version would be two commands more, and be read from disk each time.
        driver_info=None,
    )
