"""Checks of Redis as a ledger: persistence, eviction, memory, clock."""

import time
from collections.abc import Iterator, Mapping

import redis

from waybill.connect import now_ms
from workers.partners.check import Check, ok, warning, wrong
from workers.redis.answers import number, text
from workers.redis.durability import durability_of
from workers.redis.fitness import complaints, info_of, unchecked
from workers.settings.settings import Settings

#: Leases and signatures go by Redis' clock: receivers refuse what is five minutes
#: off. This machine's proves nothing by itself; two that agree are likely right.
ODD_SECONDS, REFUSED_SECONDS = 5.0, 300.0
#: Nearer to the watermark than this share of it is worth a warning.
NEAR = 0.8
MEGABYTE = 1_048_576


def redis_checks(client: "redis.Redis", settings: Settings) -> Iterator[Check]:
    """All checks of a Redis that answers; raises redis.RedisError."""
    info = info_of(client)
    volatile, assumed = settings.allow_volatile_redis, settings.assume_persistent
    yield from fitness(info, allow_volatile=volatile, assume_persistent=assumed)
    if info is not None:
        yield memory(info, settings.intake_memory)
        yield from replicas(info, durability_of(settings.durability).replicas)
    before = time.time()
    theirs = now_ms(client) / 1000
    yield clock(theirs - (before + time.time()) / 2)


def fitness(
    info: Mapping[str, object] | None, *, allow_volatile: bool, assume_persistent: bool
) -> Iterator[Check]:
    """What a worker would refuse at its start, and what it would not see."""
    # What is not kept at all is reported below, in more detail.
    found = list(
        complaints(info, allow_volatile=True, assume_persistent=assume_persistent)
    )
    for complaint in found:
        message, _, advice = complaint.partition("; ")
        yield wrong("redis.fit", message, advice)
    missing = unchecked(info)
    if missing and not found:
        message = f"not checked, since Redis does not report it: {', '.join(missing)}"
        advice = "allow its user +info, where whoever runs it can"
        yield warning("redis.fit", message, advice)
    elif not found and info is not None:
        version = text(info.get("redis_version"))
        yield ok("redis.fit", f"Redis {version}, a primary that evicts nothing")
    yield persistence(
        info or {}, allow_volatile=allow_volatile, assume_persistent=assume_persistent
    )


def persistence(
    info: Mapping[str, object],
    *,
    allow_volatile: bool,
    assume_persistent: bool = False,
) -> Check:
    """Whether what Redis has acknowledged reaches its disk."""
    name = "redis.persistence"
    if not number(info.get("aof_enabled")):
        message = "the append-only file is off: a restart loses every order"
        if "aof_enabled" not in info:
            message = "Redis does not report whether it writes an append-only file"
        if assume_persistent:
            advice = "WAYBILL_ASSUME_PERSISTENT takes its operator's word; have it"
            return warning(name, message, f"{advice} in writing")
        if allow_volatile:
            advice = "unset WAYBILL_ALLOW_VOLATILE_REDIS where orders matter"
            return warning(name, message, advice)
        advice = "set appendonly yes, or WAYBILL_ALLOW_VOLATILE_REDIS=true for a trial"
        return wrong(name, message, advice)
    if text(info.get("aof_last_write_status", "ok")) != "ok":
        message = "the append-only file cannot be written"
        return wrong(name, message, "look at Redis' disk and its log")
    return ok(name, "the append-only file is written")


def replicas(info: Mapping[str, object], awaited: int) -> Iterator[Check]:
    """Whether those are there that a write waits for."""
    if not awaited or "connected_slaves" not in info:
        return
    there = number(info.get("connected_slaves"))
    message = f"{there} replicas; WAYBILL_DURABILITY waits for {awaited}"
    if there < awaited:
        advice = "start the others, or lower it: nothing is sent until then"
        yield wrong("redis.replicas", message, advice)
    elif there > awaited:
        advice = "raise it: one that is not waited for may become the primary"
        yield warning("redis.replicas", message, advice)
    else:
        yield ok("redis.replicas", message)


def memory(info: Mapping[str, object], watermark: float) -> Check:
    """How far it is to the memory at which Intake waits."""
    name = "redis.memory"
    used, most = number(info.get("used_memory")), number(info.get("maxmemory"))
    if not most:
        advice = "set maxmemory below what the machine has, with noeviction"
        return warning(name, "there is no maxmemory", advice)
    limit = watermark * most
    message = (
        f"{used / MEGABYTE:.0f} of {most / MEGABYTE:.0f} MB used; Intake waits above"
        f" {limit / MEGABYTE:.0f} MB"
    )
    advice = "raise maxmemory, or let the work drain"
    if used > limit:
        return wrong(name, message, advice)
    return warning(name, message, advice) if used > NEAR * limit else ok(name, message)


def clock(ahead: float) -> Check:
    """How far Redis' clock is from ours.

    Args:
        ahead: seconds, negative when Redis is behind.
    """
    name, off = "redis.clock", abs(ahead)
    message = f"Redis' clock and this machine's differ by {off:.1f} s"
    advice = "have both machines keep time with NTP"
    if off > REFUSED_SECONDS:
        return wrong(name, message, advice)
    return warning(name, message, advice) if off > ODD_SECONDS else ok(name, message)
