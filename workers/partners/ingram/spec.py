"""Partner specification of Ingram Micro, whose endpoints are notified."""

from collections.abc import Iterator
from dataclasses import replace

from tasks.destination import Destination
from tasks.planning.rules import INGRAM_PREFIX, EndpointRule, PlanRules
from workers.partners.ingram.settings import Ingram
from workers.partners.spec import PartnerSpec, calls_of, destination

NAME = INGRAM_PREFIX.rstrip("/")


def _destinations(own: Ingram, lease: float) -> Iterator[Destination]:
    # One schedule for all that have no pauses of their own.
    usual = own.retry
    for name, endpoint in own.endpoints.items():
        most, rate = own.max_leased_of(endpoint), own.rate_of(endpoint)
        made = destination(INGRAM_PREFIX + name, own, most, rate, lease)
        pauses = endpoint.retry_pauses
        yield replace(
            made,
            retry=usual if pauses is None else replace(usual, pauses=pauses),
            holds=endpoint.after_dead_letter == "hold",
        )


def _rules(rules: PlanRules, own: Ingram) -> PlanRules:
    # Most endpoints want the same: those share one rule.
    shared: dict[EndpointRule, EndpointRule] = {}
    endpoints = {}
    for name, endpoint in own.endpoints.items():
        rule = EndpointRule(
            endpoint.body,
            frozenset(endpoint.events),
            late_facts=endpoint.late_facts == "tell",
        )
        endpoints[name] = shared.setdefault(rule, rule)
    return replace(rules, endpoints=endpoints)


INGRAM: PartnerSpec[Ingram] = PartnerSpec(
    name=NAME,
    title="Ingram",
    task="ingram.notify",
    settings=Ingram,
    calls=calls_of("workers.partners.ingram.calls.CALLS"),
    destinations=_destinations,
    rules=_rules,
    roams=True,
)
