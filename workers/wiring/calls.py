"""Calls to the partners of the registry by these settings: reach, work."""

from collections.abc import Mapping

import redis

from tasks.execution.drain import HintRun
from workers.partners import registry
from workers.partners.calls import Stopwatch
from workers.partners.observer import NOBODY, Observer
from workers.partners.reach import Reach
from workers.redis.clients import hasty_client
from workers.redis.clock import RedisClock
from workers.settings.settings import Settings


def reach_of(
    settings: Settings,
    partner: str,
    pool: int = 1,
    client: "redis.Redis | None" = None,
    clock: RedisClock | None = None,
    observer: Observer = NOBODY,
) -> Reach:
    """How a partner is reached; nothing connects yet.

    Args:
        settings: all of them.
        partner: by its name in the registry.
        pool: calls at once.
        client: of the ledger; None for one of its own.
        clock: of Redis; None for one of its own.
        observer: looks at its answers.
    """
    known = client or hasty_client(settings.redis_url, "partners")
    return Reach(
        partner,
        known,
        clock or RedisClock(known),
        pool,
        settings.deadline,
        observer,
    )


def works(
    settings: Settings,
    client: "redis.Redis",
    pool: int,
    clock: RedisClock,
    stopwatch: Stopwatch,
    observer: Observer,
) -> Mapping[str, HintRun]:
    """What is done with hints of each partner in use, by its task."""
    return {
        spec.task: spec.connected(
            settings.sections[spec.name],
            reach_of(settings, spec.name, pool, client, clock, observer),
            stopwatch,
        )
        for spec in registry.PARTNERS
        if settings.sections[spec.name].in_use
    }
