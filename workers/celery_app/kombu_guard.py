"""Patches of kombu: a crash of its channels, and connections to a replica.

When Redis goes away while a worker holds an unacknowledged message and has a free
slot, kombu tears its transport down and then closes the channel once more; that
second close reads the connection's parameters of a transport that has none, and
the AttributeError, which is no connection error, ends the worker. With the guard
it meets a connection error and reconnects, as it does in every other case.

`tests/processes/test_broker_restart.py` shows the crash without the guard and
shows when it can go.

kombu takes READONLY for a fault of one message: it tries the same connection again, and
keeps it. As a lost connection it is closed, and made anew to whoever is there now.
"""

from typing import Any

from kombu.transport import redis as transport
from redis.exceptions import ConnectionError as RedisConnectionError

from workers.redis.primary import HintsOverNetwork, HintsOverTls


def install() -> None:
    """Make kombu's channel report that it is closed; installing twice is harmless."""
    # kombu offers no other place, and its types do not report this one.
    channel: Any = transport.Channel
    original = channel._connparams  # noqa: SLF001
    if getattr(original, "guarded", False):
        return

    def connparams(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("kombu's transport is closed already")
        return original(self, *args, **kwargs)

    setattr(connparams, "guarded", True)  # noqa: B010 (a mark that types forbid)
    channel._connparams = connparams  # noqa: SLF001


def install_connections() -> None:
    """Give kombu's channels such connections; installing twice is harmless."""
    # kombu's types do not know these.
    channel: Any = transport.Channel
    channel.connection_class = HintsOverNetwork
    channel.connection_class_ssl = HintsOverTls
