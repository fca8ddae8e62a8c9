"""Who answers what: the one place that knows the real classes of one process."""

import random
import threading
import time
import uuid
from dataclasses import dataclass, field

import redis
from celery import Celery

from tasks.outcomes.errors import PermanentError
from tasks.services import Deck, Ingram, Services, Westcon
from workers.dispatch.call_times import Paces
from workers.dispatch.elsewhere import Elsewhere
from workers.dispatch.hints import CeleryHints
from workers.dispatch.slots import Slots
from workers.ledger.claims import Claims
from workers.ledger.endpoints.watch import EndpointWatch
from workers.ledger.scripts import read_all
from workers.redis.clients import hasty_client, ledger_client
from workers.redis.clock import RedisClock
from workers.settings.settings import Settings
from workers.telemetry.measured_partners import (
    MeasuredDeck,
    MeasuredIngram,
    MeasuredWestcon,
    Stopwatch,
    unnoted,
)
from workers.telemetry.metrics import Metrics
from workers.wiring.destinations import plan_rules_of
from workers.wiring.ledger import LedgerParts, ledger_parts
from workers.wiring.partners import deck_client, ingram_client, westcon_client


@dataclass(frozen=True, slots=True)
class Process:
    """Everything one worker process holds."""

    settings: Settings
    ledger: LedgerParts
    hints: CeleryHints
    paces: Paces
    slots: Slots
    metrics: Metrics
    services: Services
    elsewhere: Elsewhere
    stopping: threading.Event = field(default_factory=threading.Event)


def process_of(settings: Settings, app: Celery, slots: int) -> Process:
    """Build a worker process; nothing connects yet.

    Args:
        settings: all of them.
        app: sends the hints.
        slots: tasks that this process runs at once.
    """
    # A file may not be there to be opened once the process has as many as it may.
    read_all()
    client = ledger_client(settings.redis_url, connections=2 * slots + 16)
    paces, metrics, stopping, own = Paces(), Metrics(), threading.Event(), Slots(slots)
    ledger = ledger_parts(settings, client, paces, own)
    hints = CeleryHints(app, ledger.destinations, paces.seconds, slots)
    clock = RedisClock(hasty_client(settings.redis_url, "clock"))
    westcon, deck, ingram = _partners(settings, client, slots, clock)
    watch, rules = Stopwatch(metrics, paces), plan_rules_of(settings)
    services = Services(
        ledger=ledger.store,
        hints=hints,
        gates=ledger.gates,
        westcon=MeasuredWestcon(westcon, watch, rules.statuses),
        deck=MeasuredDeck(deck, watch),
        ingram=MeasuredIngram(ingram, watch),
        endpoints=EndpointWatch(ledger.endpoints),
        rules=rules,
        policies=ledger.destinations.policies(),
        parcel=hints.parcel,
        seconds=paces.seconds,
        # What has not begun after a third of the lease is handed back: its own
        # leases run since the hint was sent.
        hold_seconds=settings.lease / 3,
        now_ms=clock.now_ms,
        monotonic=time.monotonic,
        dice=random.random,
        token=lambda: uuid.uuid4().hex[:16],
        stopping=stopping.is_set,
        unnoted=unnoted,
    )
    return Process(
        settings=settings,
        ledger=ledger,
        hints=hints,
        paces=paces,
        slots=own,
        metrics=metrics,
        services=services,
        elsewhere=_elsewhere(settings, ledger, own, hints),
        stopping=stopping,
    )


def _elsewhere(
    settings: Settings, ledger: LedgerParts, own: Slots, hints: CeleryHints
) -> Elsewhere:
    claims = Claims(ledger.scripts, ledger.terms, settings.partitions, ordered=0)
    return Elsewhere(claims, ledger.destinations, own, hints.parcel)


def _partners(
    settings: Settings, client: "redis.Redis", slots: int, clock: RedisClock
) -> tuple[Westcon, Deck, Ingram]:
    """The partners in use; the others answer that they are not configured."""
    unused = _Unused()
    return (
        westcon_client(settings, client, slots, clock)
        if settings.westcon_in_use
        else unused,
        deck_client(settings, slots, clock) if settings.deck_in_use else unused,
        ingram_client(settings, client, slots, clock)
        if settings.ingram_in_use
        else unused,
    )


class _Unused:
    """Stands for a partner without settings; nothing is planned for it."""

    def order_status(self, *_: object) -> "tuple[()]":
        raise PermanentError("Westcon is not configured", code="not_configured")

    def link(self, *_: object) -> str:
        raise PermanentError("DECK is not configured", code="not_configured")

    def look(self, *_: object) -> str:
        raise PermanentError("DECK is not configured", code="not_configured")

    def notify(self, *_: object) -> int:
        raise PermanentError("Ingram is not configured", code="not_configured")
