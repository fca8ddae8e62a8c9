"""Destinations and planning rules from the settings."""

from collections.abc import Iterator

from tasks.destination import Destination
from tasks.planning.rules import PlanRules
from workers.partners import registry
from workers.settings.settings import Settings


def destinations_of(settings: Settings) -> Iterator[Destination]:
    """The destinations of each partner in use, in the registry's order."""
    for spec in registry.PARTNERS:
        own = settings.sections[spec.name]
        if own.in_use:
            yield from spec.destinations(own, settings.lease)


def plan_rules_of(settings: Settings) -> PlanRules:
    """What planning must know of the settings: each partner adds its own."""
    rules = PlanRules(
        by_source=settings.namespace == "source",
        strict_events=settings.strict_events,
    )
    for spec in registry.PARTNERS:
        rules = spec.rules(rules, settings.sections[spec.name])
    return rules
