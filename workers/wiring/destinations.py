"""The destinations and the planning rules that the settings make."""

from collections.abc import Iterator
from dataclasses import replace

from tasks.destination import Destination
from tasks.planning.rules import (
    DECK,
    INGRAM_PREFIX,
    WESTCON,
    EndpointRule,
    PlanRules,
    PollRules,
)
from workers.settings.partners import Partner
from workers.settings.settings import Settings

#: By how much of its pause a look may come early to fill a call that goes anyway. More
#: makes calls fuller and looks at an order oftener; docs/performance.md has both.
SOON_SHARE = 0.25


def destinations_of(settings: Settings) -> Iterator[Destination]:
    """One destination per partner in use, and one per Ingram endpoint."""
    if settings.westcon_in_use:
        westcon = settings.westcon
        made = _destination(
            WESTCON, westcon, westcon.max_leased, westcon.rate, settings
        )
        # A 429 of Westcon's is the gateway's, not the order's: it uses no try.
        patient = replace(made.retry, throttled_waits=True)
        # An order that is due within half the shortest pause fills a call for nothing,
        # and so does one of whose own pause three quarters are over.
        yield replace(
            made,
            retry=patient,
            per_call=westcon.batch,
            soon_seconds=westcon.poll_min / 2,
            soon_share=SOON_SHARE,
        )
    if settings.deck_in_use:
        deck = settings.deck
        yield _destination(DECK, deck, deck.max_leased, deck.rate, settings)
    for name, endpoint in settings.ingram.endpoints.items():
        ingram = settings.ingram
        made = _destination(
            INGRAM_PREFIX + name,
            ingram,
            ingram.max_leased_of(name),
            ingram.rate_of(name),
            settings,
        )
        yield replace(
            made,
            retry=ingram.retry_of(name),
            holds=endpoint.after_dead_letter == "hold",
        )


def _destination(
    name: str, partner: Partner, max_leased: int, rate: float, settings: Settings
) -> Destination:
    return Destination(
        name=name,
        retry=partner.retry,
        max_leased=max_leased,
        breaker_failures=partner.breaker_failures,
        breaker_seconds=partner.breaker_seconds,
        probe_seconds=settings.lease,
        calls_per_minute=rate,
    )


def plan_rules_of(settings: Settings) -> PlanRules:
    """What planning must know of the settings."""
    westcon = settings.westcon
    return PlanRules(
        westcon=settings.westcon_in_use,
        deck=settings.deck_in_use,
        endpoints={
            name: EndpointRule(name, endpoint.body, frozenset(endpoint.events))
            for name, endpoint in settings.ingram.endpoints.items()
        },
        by_source=settings.namespace == "source",
        statuses=westcon.status_table,
        notify_unknown=westcon.notify_unknown,
        poll=PollRules(
            shortest=westcon.poll_min,
            longest=westcon.poll_max,
            fraction=westcon.poll_fraction,
            patience=westcon.patience,
            nao_grace=westcon.nao_grace,
            batch=westcon.batch,
        ),
    )
