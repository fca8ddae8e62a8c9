"""Partners of the registry by these settings: destinations, instances, rules."""

from collections.abc import Iterator

from tasks.destination import Destination
from tasks.planning.rules import PlanRules
from workers.fields.several import Several
from workers.partners import registry
from workers.settings.settings import Settings


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
