"""Patches of kombu; docs/upstream.md has cause, versions and end of each.

When Redis goes away while a worker holds an unacknowledged message and has a free
slot, kombu tears its transport down and then closes the channel once more; that
second close reads the connection's parameters of a transport that has none, and
the AttributeError, which is no connection error, ends the worker. With the guard
it meets a connection error and reconnects, as it does in every other case.

kombu takes READONLY for a fault of one message: it tries the same connection again, and
keeps it. As a lost connection it is closed, and made anew to whoever is there now.

kombu makes a client object for every command that it sends, which takes redis-py 60 µs.
A channel's pool is the same until its connections are dropped: one client will do.

kombu asks sentinels by a pool that forgets READONLY in a pipeline, and bounds nothing.
A channel of its `sentinel://` is as any other here, with connections that ask as ours.

kombu waits for messages for a second at a time, and a channel cannot be closed before
such a wait is over. Here it waits for longer, and a worker that stops ends the wait.

kombu puts what a worker holds back into the queues when a connection is lost, on that
very connection, and writes to a file what it cannot put back. The tasks go on all the
same, so only a worker that stops puts anything back.

Celery makes 28 queues on RabbitMQ for tasks that wait, where it meets a quorum queue,
and logs a critical error where a worker does not serve all of ours. No hint waits; the
step that makes them is left out.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, Final

import redis
from celery.worker import state
from celery.worker.consumer.delayed_delivery import DelayedDelivery
from kombu.transport import redis as transport
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from workers.redis.primary import (
    ByName,
    ByNameOverTls,
    HintsByName,
    HintsByNameOverTls,
    HintsOverNetwork,
    HintsOverTls,
)

#: Seconds for which a channel waits for a message; then it asks again.
WAIT_SECONDS: Final = 4

#: The option of transport and connection that holds who is asked for the primary.
SENTINELS: Final = "sentinels"

#: kombu offers no other place, and its types do not report these methods.
_CHANNEL: Final[Any] = transport.Channel


def install() -> None:
    """Install every patch; twice is harmless.

    Raises:
        AttributeError: this kombu is another one than they were written for.
    """
    _patch("_connparams", _while_open)
    _patch("_create_client", _kept)
    _patch("close", _at_once)
    install_connections()
    _CHANNEL.do_restore = property(_puts_back)
    delayed: Any = DelayedDelivery
    delayed.include_if = _never
    # The transport's option for it has other waits sleep as long.
    transport.Transport.brpop_timeout = WAIT_SECONDS


def _never(*_: object) -> bool:
    return False


def install_connections() -> None:
    """Give kombu's channels connections that leave a replica; twice is harmless."""
    _CHANNEL.connection_class = HintsOverNetwork
    _CHANNEL.connection_class_ssl = HintsOverTls
    of_sentinels: Any = transport.SentinelChannel
    of_sentinels.connection_class = HintsByName
    of_sentinels.connection_class_ssl = HintsByNameOverTls
    of_sentinels._get_pool = _CHANNEL._get_pool  # noqa: SLF001 (kombu offers no other place)


def _patch(name: str, made: Callable[[Any], Any]) -> None:
    original = getattr(_CHANNEL, name)
    if not hasattr(original, "__wrapped__"):
        setattr(_CHANNEL, name, wraps(original)(made(original)))


def _while_open(original: Any) -> Any:
    def connparams(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("kombu's transport is closed already")
        params = original(self, *args, **kwargs)
        asked = self.connection.client.transport_options.get(SENTINELS)
        if asked is None:
            return params
        if not any(args) and not any(kwargs.values()):
            # What sends is renewed as ours are; kombu watches the others' sockets.
            secure = self.connection.client.ssl
            params["connection_class"] = ByNameOverTls if secure else ByName
            params["driver_info"] = None
        return {**params, SENTINELS: asked}

    return connparams


def _kept(original: Any) -> Any:
    def create_client(self: Any, *args: Any, **kwargs: Any) -> Any:
        if any(args) or any(kwargs.values()):
            # What waits for messages owns its connection, and so its client.
            return original(self, *args, **kwargs)
        kept = self.__dict__.get("kept_client")
        if kept is None or kept.connection_pool is not self.pool:
            kept = self.__dict__["kept_client"] = original(self)
        return kept

    return create_client


def _at_once(original: Any) -> Any:
    def close(self: Any) -> None:
        # A connection that is lost has nothing to wait for.
        if self._in_poll and _is_stopping():
            _end_wait(self)
        original(self)

    return close


def _is_stopping() -> bool:
    # Celery keeps the exit code there, which may be 0.
    asked: tuple[Any, Any] = (state.should_stop, state.should_terminate)
    return any(one is not None and one is not False for one in asked)


def _puts_back(channel: Any) -> bool:
    is_open = channel.connection is not None and channel.connection.client is not None
    return is_open and _is_stopping()


def _end_wait(channel: Any) -> None:
    """Have Redis answer a blocked read now, where its user may ask for that."""
    # The wait ends by itself soon; nobody waits for this as long.
    with suppress(redis.RedisError, AttributeError, OSError):
        host, port = channel._in_poll._sock.getsockname()[:2]  # noqa: SLF001
        own = channel.pool
        options = {**own.connection_kwargs, "retry": Retry(NoBackoff(), 0)}
        pool = redis.ConnectionPool(own.connection_class, **options)
        with redis.Redis(connection_pool=pool) as client:
            for one in client.client_list(_type="normal"):
                if one["addr"] == f"{host}:{port}":
                    client.client_unblock(int(one["id"]))
        pool.disconnect()
