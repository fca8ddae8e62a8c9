"""Whether a Redis is fit to hold the ledger: it must keep what it is given."""

from collections.abc import Iterator, Mapping

import redis

from workers.ledger.answers import number, text

#: The oldest server whose commands the ledger's scripts are written for.
OLDEST = (6, 2)


def unfit(client: "redis.Redis", *, allow_volatile: bool = False) -> list[str]:
    """What is wrong with this Redis, each with what to do; raises redis.RedisError."""
    return list(complaints(client.info(), allow_volatile=allow_volatile))


def complaints(
    info: Mapping[str, object], *, allow_volatile: bool = False
) -> Iterator[str]:
    """What the server's INFO gives reason to complain about."""
    version = text(info.get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        yield f"Redis is {version}; Waybill needs 6.2 or newer"
    policy = text(info.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        yield (
            f"Redis may evict keys (maxmemory-policy {policy}), and with them orders; "
            "set maxmemory-policy noeviction"
        )
    # While it reads its file, which it does answer about, it says that it writes none.
    volatile = not number(info.get("aof_enabled")) and not number(info.get("loading"))
    if volatile and not allow_volatile:
        yield (
            "Redis does not persist (appendonly no), so a restart loses every order; "
            "set appendonly yes, or WAYBILL_ALLOW_VOLATILE_REDIS=true where losing "
            "them is fine"
        )
    if text(info.get("role", "master")) != "master":
        yield "this Redis is a replica; point WAYBILL_REDIS_URL at the primary"
