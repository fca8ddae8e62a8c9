"""Descriptions of Redis failures: no connection, or an answer that will last."""

import socket
import ssl
from collections.abc import Iterator
from typing import Final

import redis
from redis.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterCrossSlotError,
    ClusterDownError,
    OutOfMemoryError,
    ResponseError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from workers.redis.primary import DemotedError, WithoutReplicasError
from workers.redis.sentinels import PrimaryUnknownError

CLUSTER = (
    "is a node of a Redis Cluster; write redis+cluster://host:port for the ledger, and"
    " for Celery's hints use a Redis that stands alone"
)
SENTINEL = (
    "is a Sentinel, which holds no data: write redis+sentinel://HOST:PORT/SERVICE, with"
    " the name that it has for the primary"
)

#: What has to come, by what was met.
_AWAITED: Final[dict[type[redis.RedisError], str]] = {
    BusyLoadingError: "Redis, which loads its data",
    DemotedError: "a primary: the server is a replica, which takes no writes",
    WithoutReplicasError: "replicas: Redis takes no writes with so few"
    " (min-replicas-to-write)",
    RedisTimeoutError: "an answer of Redis, which is late",
}


def connection_failure(error: redis.RedisError) -> str:
    """Describe why no connection was made, and what to do; "" if unknown.

    redis-py makes one class of all of them; what it met stands behind its error.
    """
    for met in _behind(error):
        if isinstance(met, PrimaryUnknownError):
            return f"is not to be found: {met}"
        if what := _met(met):
            return what
    return ""


def answer_failure(error: redis.RedisError) -> str:
    """Describe what no waiting mends about an answer, and what to do; "" if unknown."""
    text = str(error).lower()
    match error:
        case AskError() | ClusterCrossSlotError() | ClusterDownError():
            return CLUSTER
        case ResponseError() if "cluster support disabled" in text:
            return "is no Redis Cluster; write redis://host:port/db"
        case ResponseError() if "unknown command" in text:
            return (
                "does not know a command that Waybill needs; is it Redis 6.2 or newer,"
                " and neither a Sentinel nor a proxy?"
            )
        case ResponseError() if "wrongtype" in text:
            return (
                "holds a key of another kind under a name of Waybill's; find who writes"
                " there, then rename or delete that key"
            )
    return ""


def awaited(error: redis.RedisError) -> str:
    """Describe what has to come before Redis is of use again; "" if unknown."""
    for kinds, what in _AWAITED.items():
        if isinstance(error, kinds):
            return what
    if isinstance(error, RedisConnectionError):
        return connection_failure(error) or "Redis, which does not answer"
    if "MISCONF" in str(error):
        return "Redis, which cannot write its file; is the disk full?"
    return "memory: Redis is full" if is_full(error) else ""


def is_full(error: redis.RedisError) -> bool:
    """Whether Redis has no memory left; 6.2 puts the word into a script's own error."""
    return isinstance(error, OutOfMemoryError) or "-OOM " in str(error)


def _behind(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    met: BaseException | None = error
    while met is not None and id(met) not in seen:
        seen.add(id(met))
        yield met
        met = met.__cause__ or met.__context__


def _met(error: BaseException) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"shows a certificate that is refused: {error.verify_message}; name who"
                " is trusted with ?ssl_ca_certs=FILE, or correct the host's name"
            )
        case ssl.SSLError():
            reason = (error.reason or "no reason given").replace("_", " ").lower()
            return (
                f"comes to no TLS connection: {reason}; does this port speak TLS, and"
                " do both sides take the other's version and certificate?"
            )
        case socket.gaierror():
            return "has a host's name that cannot be looked up; is the URL right?"
        case FileNotFoundError() | PermissionError():
            return (
                f"cannot be reached: {error.strerror}; is the path in the URL right,"
                " and may this user read it?"
            )
    return ""
