"""A guard for a crash of Celery 5.7.0 on kombu 5.7.0.

When Redis goes away while a worker holds an unacknowledged message and has a free
slot, kombu tears its transport down and then closes the channel once more; that
second close reads the connection's parameters of a transport that has none, and
the AttributeError, which is no connection error, ends the worker. With the guard
it meets a connection error and reconnects, as it does in every other case.

`tests/processes/test_broker_restart.py` shows the crash without the guard and
tells when it can go.
"""

from typing import Any

from kombu.transport import redis as transport
from redis.exceptions import ConnectionError as RedisConnectionError


def install() -> None:
    """Make kombu's channel say that it is closed; installing twice is harmless."""
    # kombu offers no other place, and its types do not tell of this one.
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
