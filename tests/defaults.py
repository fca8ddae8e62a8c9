"""Settings where nobody has set anything, for tests that build one part.

Each takes changes by name; a default stands in the settings alone.
"""

from dataclasses import replace
from typing import Any

import redis

from serializers.results.result import ResultType
from tasks.destination import Destination
from tasks.outcomes.retry import RetryPolicy
from tasks.planning.rules import EndpointRule, PlanRules
from workers.ledger.endpoints.states import EndpointStates
from workers.ledger.scripts import Scripts
from workers.partners import spec
from workers.partners.deck.settings import Deck
from workers.partners.deck.signed_call import DeckAccess
from workers.partners.ingram.endpoint_settings import Endpoint as EndpointSettings
from workers.settings.settings import Settings
from workers.steps.intake import IntakeRules
from workers.steps.step_loops import intake_rules_of
from workers.wiring.ledger import result_options_of, retention_of
from workers.wiring.partners import plan_rules_of

SETTINGS = Settings()
DECK = SETTINGS.of(Deck)
RETENTION = retention_of(SETTINGS)

#: Every result there is.
RESULTS = replace(result_options_of(SETTINGS), types=frozenset(ResultType))


def retry(pauses: tuple[float, ...], **changes: Any) -> RetryPolicy:
    return replace(DECK.retry, pauses=pauses, **changes)


def destination(
    name: str, policy: RetryPolicy, max_leased: int = DECK.max_leased, **changes: Any
) -> Destination:
    made = spec.destination(name, DECK, max_leased, DECK.rate, SETTINGS.lease)
    return replace(made, retry=policy, **changes)


def endpoint_rule(*given: Any, **changes: Any) -> EndpointRule:
    usual = {"body": EndpointSettings.model_fields["body"].default}
    names = ("body", "events")
    own = dict(zip(names, given, strict=False))
    return EndpointRule(**{**usual, **own, **changes})


def plan_rules(**changes: Any) -> PlanRules:
    """With Westcon and DECK in use; shipments are not asked for."""
    rules = plan_rules_of(SETTINGS)
    usual = {
        "westcon": True,
        "deck": True,
        "poll": replace(rules.poll, shipment_detail=False),
    }
    return replace(rules, **{**usual, **changes})


def deck_access(base_url: str, *given: str, **changes: Any) -> DeckAccess:
    """A site with a key, both of the test's."""
    names = ("site_code", "api_key")
    usual = {
        "api_username": DECK.api_username,
        "format": DECK.format,
        "deadline": SETTINGS.deadline,
        "extra_headers": DECK.extra_headers,
        "codes": DECK.codes,
        "timestamp_format": DECK.timestamp_format,
        "read_back": DECK.read_back,
    }
    own = dict(zip(names, given, strict=False))
    return DeckAccess(base_url, **{**usual, **own, **changes})


def intake_rules(**changes: Any) -> IntakeRules:
    return replace(intake_rules_of(SETTINGS), **changes)


def endpoint_states(
    client: "redis.Redis", scripts: Scripts, *given: Any, **changes: Any
) -> EndpointStates:
    names = ("partitions", "disable_after", "hold_after")
    own = dict(zip(names, given, strict=False))
    usual = {"longest": DECK.retry.retry_after_max}
    return EndpointStates(client, scripts, **{**usual, **own, **changes})
