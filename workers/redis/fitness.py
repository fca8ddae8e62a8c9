"""Fitness of a Redis for the ledger: persistence, and no eviction."""

from collections.abc import Iterator, Mapping

import redis

from workers.redis.answers import number, text
from workers.redis.failures import CLUSTER, SENTINEL

#: The oldest server whose commands the ledger's scripts are written for.
OLDEST = (6, 2)


def unfit(client: "redis.Redis", *, allow_volatile: bool = False) -> list[str]:
    """What is wrong with this Redis, each with what to do; raises redis.RedisError."""
    return list(complaints(client.info(), allow_volatile=allow_volatile))


def complaints(
    info: Mapping[str, object], *, allow_volatile: bool = False
) -> Iterator[str]:
    """What the server's INFO gives reason to complain about."""
    if text(info.get("redis_mode")) == "sentinel":
        # It means nothing for the rest.
        yield from misplaced(info)
        return
    version = text(info.get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        yield f"Redis is {version}; Waybill needs 6.2 or newer"
    policy = text(info.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        yield (
            f"Redis may evict keys (maxmemory-policy {policy}), and with them orders; "
            "set maxmemory-policy noeviction"
        )
    # While it reads its file, which it does answer about, it claims to write none.
    volatile = not number(info.get("aof_enabled")) and not number(info.get("loading"))
    if volatile and not allow_volatile:
        yield (
            "Redis does not persist (appendonly no), so a restart loses every order; "
            "set appendonly yes, or WAYBILL_ALLOW_VOLATILE_REDIS=true where losing "
            "them is fine"
        )
    yield from misplaced(info)


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
    elif mode == "cluster" or number(info.get("cluster_enabled")):
        yield f"this Redis {CLUSTER} ({setting})"
    if text(info.get("role", "master")) not in {"master", "sentinel"}:
        yield f"this Redis is a replica; point {setting} at the primary"
