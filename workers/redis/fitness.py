"""Fitness of a Redis for the ledger: persistence, and no eviction."""

import re
from collections.abc import Iterator, Mapping

import redis
from redis.exceptions import NoPermissionError, ResponseError

from workers.redis.answers import number, text
from workers.redis.cluster.information import ASKED_AS_CLUSTER
from workers.redis.failures import CLUSTER, SENTINEL

#: The oldest server whose commands the ledger's scripts are written for.
OLDEST = (6, 2)


#: The answer of a server on which INFO goes by another name, or by none.
_UNKNOWN = re.compile(r"unknown command\W+INFO\b", re.IGNORECASE)

#: What the checks are made by, each with what is not known without it.
REPORTED = {
    "redis_version": "its version",
    "maxmemory_policy": "whether it evicts",
    "aof_enabled": "whether it persists",
}


def info_of(client: "redis.Redis", *sections: str) -> Mapping[str, object] | None:
    """Return INFO, None where this user may not ask it, or nobody may.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    try:
        info: Mapping[str, object] = client.info(*sections)
    except NoPermissionError:
        return None
    except ResponseError as error:
        # Some hosters take the command away; another one that is not known is a fault.
        if not _UNKNOWN.match(str(error)):
            raise
        return None
    return info


def unfit(
    client: "redis.Redis",
    *,
    allow_volatile: bool = False,
    assume_persistent: bool = False,
) -> list[str]:
    """What is wrong with this Redis, each with what to do; raises redis.RedisError."""
    found = complaints(
        info_of(client),
        allow_volatile=allow_volatile,
        assume_persistent=assume_persistent,
    )
    return list(found)


def unchecked(info: Mapping[str, object] | None) -> tuple[str, ...]:
    """What a server does not report that its fitness is judged by."""
    if info is None:
        return tuple(REPORTED.values())
    if text(info.get("redis_mode")) == "sentinel":
        return ()
    return tuple(what for name, what in REPORTED.items() if name not in info)


def complaints(
    info: Mapping[str, object] | None,
    *,
    allow_volatile: bool = False,
    assume_persistent: bool = False,
) -> Iterator[str]:
    """What the server's INFO gives reason to complain about.

    Args:
        info: of the server, None where it was refused.
        allow_volatile: whether one that keeps nothing is fit.
        assume_persistent: whether its operator's word is taken for what it does not
            report, and for a file that it does not write.
    """
    missing = [
        what
        for what in unchecked(info)
        if not (allow_volatile and what == REPORTED["aof_enabled"])
    ]
    if missing and not assume_persistent:
        yield (
            f"Redis does not report {', '.join(missing)}; allow its user +info, or set"
            " WAYBILL_ASSUME_PERSISTENT=true where whoever runs it promises that it"
            " keeps what it is given"
        )
    if info is None:
        return
    if text(info.get("redis_mode")) == "sentinel":
        # It means nothing for the rest.
        yield from misplaced(info)
        return
    yield from _old_or_evicting(info)
    # While it reads its file, which it does answer about, it claims to write none.
    writes = number(info.get("aof_enabled", 1)) or number(info.get("loading"))
    if not (writes or allow_volatile or assume_persistent):
        yield (
            "Redis does not persist (appendonly no), so a restart loses every order; "
            "set appendonly yes, or WAYBILL_ALLOW_VOLATILE_REDIS=true where losing "
            "them is fine"
        )
    yield from misplaced(info)


def _old_or_evicting(info: Mapping[str, object]) -> Iterator[str]:
    version = text(info.get("redis_version", "6.2"))
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        yield f"Redis is {version}; Waybill needs 6.2 or newer"
    policy = text(info.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        yield (
            f"Redis may evict keys (maxmemory-policy {policy}), and with them orders; "
            "set maxmemory-policy noeviction"
        )


def misplaced(
    info: Mapping[str, object], setting: str = "WAYBILL_REDIS_URL"
) -> Iterator[str]:
    """What neither the ledger nor Celery's queues can be on.

    Args:
        info: of the server.
        setting: the variable that names it.
    """
    mode = text(info.get("redis_mode"))
    if mode == "sentinel":
        yield f"this Redis {SENTINEL} ({setting})"
    elif ASKED_AS_CLUSTER in info:
        pass
    elif mode == "cluster" or number(info.get("cluster_enabled")):
        yield f"this Redis {CLUSTER} ({setting})"
    if text(info.get("role", "master")) not in {"master", "sentinel"}:
        yield f"this Redis is a replica; point {setting} at the primary"
