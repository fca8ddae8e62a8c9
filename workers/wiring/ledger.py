"""The ledger's objects on one Redis client, for workers and the command line alike."""

from dataclasses import dataclass

import redis
import structlog

from workers.dispatch.call_times import CallTimes
from workers.dispatch.slots import Slots
from workers.ledger.claims import Claims
from workers.ledger.dead_letters import DeadLetters
from workers.ledger.destinations import Destinations
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.endpoints.states import EndpointStates
from workers.ledger.endpoints.unknown import UnknownEndpoints
from workers.ledger.gates import Change, Gates
from workers.ledger.retention import Retention
from workers.ledger.scripts import Scripts
from workers.ledger.store import RedisLedger
from workers.ledger.stream.reader import Stream
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings
from workers.wiring.policies import destinations_of

log = structlog.get_logger()


def log_gate(change: Change) -> None:
    """Log a gate that has closed or opened."""
    fields = {"destination": change.destination, "seconds": round(change.seconds, 1)}
    if not change.closed:
        log.info("gate_opened", why="a call was answered again", **fields)
        return
    why = "the partner asks for it, or refuses every call"
    if change.breaker:
        why = f"{change.failures} failures in a row opened the breaker"
    log.warning("gate_closed", code=change.code, why=why, **fields)


#: Seconds, as long as the ledger's client asks a Redis that does not answer.
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class LedgerParts:
    """The ledger's objects; the command line needs no more."""

    client: "redis.Redis"
    scripts: Scripts
    stream: Stream
    destinations: Destinations
    gates: Gates
    retention: Retention
    store: RedisLedger
    claims: Claims
    dead_letters: DeadLetters
    endpoints: EndpointStates
    rosters: Rosters
    unknown: UnknownEndpoints


def retention_of(settings: Settings) -> Retention:
    def ms(seconds: float) -> int:
        return int(seconds * 1000)

    return Retention(
        lease=ms(settings.lease),
        dedup=ms(settings.dedup_window),
        order_retention=ms(settings.retention),
        delivery_retention=ms(settings.delivered_retention),
        timeline=settings.timeline,
    )


def ledger_parts(
    settings: Settings,
    client: "redis.Redis",
    call_times: CallTimes | None = None,
    slots: Slots | None = None,
) -> LedgerParts:
    """The ledger on this client; nothing connects yet.

    Args:
        settings: all of them.
        client: RESP2, bytes.
        call_times: of the worker process; the command line has none.
        slots: of the worker process; the command line has none.
    """
    # A person at the command line is told at once; a worker has calls to record.
    scripts = Scripts(client, patience=PATIENCE if slots else 0.0)
    retention = retention_of(settings)
    known, partitions = list(destinations_of(settings)), settings.partitions
    gates = Gates(scripts, Destinations(known), log_gate)
    own = slots or Slots(1)
    destinations = Destinations(
        known,
        gates.is_open,
        (call_times or CallTimes()).seconds,
        own.free,
        own.left,
        gates.look,
    )
    stream = Stream(client, settings.stream, settings.group)
    return LedgerParts(
        client=client,
        scripts=scripts,
        stream=stream,
        destinations=destinations,
        gates=gates,
        retention=retention,
        store=RedisLedger(client, stream, destinations, retention, partitions, scripts),
        claims=Claims(scripts, retention, partitions),
        dead_letters=DeadLetters(client, scripts, stream, retention, partitions),
        endpoints=EndpointStates(
            client,
            scripts,
            partitions,
            settings.of(Ingram).disable_after,
            settings.of(Ingram).hold_after,
            max((one.retry.longest for one in known), default=0.0),
        ),
        rosters=Rosters(scripts, partitions),
        unknown=UnknownEndpoints(scripts, retention, partitions),
    )
