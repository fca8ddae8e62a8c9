"""Partners of the registry by these settings: reach, work, destinations, rules."""

from collections.abc import Iterator, Mapping

import redis

from tasks.destination import Destination
from tasks.execution.drain import HintRun
from tasks.planning.rules import PlanRules
from workers.fields.several import Several
from workers.partners import registry
from workers.partners.observer import NOBODY, Observer
from workers.partners.reach import Reach
from workers.partners.spec import Stopwatch
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


def destinations_of(settings: Settings) -> Iterator[Destination]:
    """The destinations of each partner in use, in the registry's order."""
    for spec in registry.PARTNERS:
        own = settings.sections[spec.name]
        if own.in_use:
            yield from spec.destinations(own, settings.lease)


def instance_names(settings: Settings) -> dict[str, list[str]]:
    """What the accounts and the sites in use are called, by kind."""
    own = settings.sections.values()
    several = [one for one in own if isinstance(one, Several) and one.in_use]
    return {one.KIND: sorted(one.names) for one in several}


def plan_rules_of(settings: Settings) -> PlanRules:
    """What planning must know of the settings: each partner adds its own."""
    rules = PlanRules(
        by_source=settings.namespace == "source",
        strict_events=settings.strict_events,
        results=frozenset(settings.results.types),
    )
    for spec in registry.PARTNERS:
        rules = spec.rules(rules, settings.sections[spec.name])
    return rules
