"""The Redis clients of one process.

None reports the version of its library (`driver_info`): that takes two commands for
each connection, and redis-py reads it from disk each time.
"""

from typing import Any

import redis
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.exceptions import BusyLoadingError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from workers.redis.cluster.client import connected
from workers.redis.primary import KINDS

#: How often a command is sent again while Redis is away: with pauses up to a second,
#: about half a minute, so that the outcome of a call survives a restart of Redis.
#: Every script may run twice, so sending again is safe.
RETRIES = 35


def ledger_client(url: str, connections: int) -> "redis.Redis":
    """A client for the ledger's scripts.

    Args:
        url: of any form that `redis_address` takes.
        connections: as many as there are threads, and a few for the steps.
    """
    return connected(
        url,
        KINDS,
        protocol=2,
        socket_timeout=10,
        **_network(url),
        health_check_interval=30,
        max_connections=connections,
        client_name="waybill-ledger",
        driver_info=None,
        retry=Retry(ExponentialWithJitterBackoff(cap=1.0, base=0.05), RETRIES),
        retry_on_error=[RedisConnectionError, RedisTimeoutError, BusyLoadingError],
    )


def patient_client(url: str, name: str, *, retries: int = 1) -> "redis.Redis":
    """A client for a step's own loop, which tries again by itself.

    Its socket waits longer than any blocking read it is used for.
    """
    return connected(
        url,
        KINDS,
        protocol=2,
        socket_timeout=10,
        **_network(url),
        client_name=f"waybill-{name}",
        driver_info=None,
        retry=Retry(ExponentialWithJitterBackoff(cap=1.0, base=0.05), retries),
    )


def hasty_client(url: str, name: str) -> "redis.Redis":
    """A client for what is better left undone than waited for: no second attempt."""
    return connected(
        url,
        KINDS,
        protocol=2,
        socket_timeout=2,
        **_network(url),
        client_name=f"waybill-{name}",
        driver_info=None,
        retry=Retry(NoBackoff(), 0),
    )


def _network(url: str) -> dict[str, Any]:
    """What only a connection over a network has; one to a unix socket refuses it."""
    if url.lower().startswith("unix:"):
        return {}
    return {"socket_connect_timeout": 5, "socket_keepalive": True}
