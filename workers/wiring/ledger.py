"""Ledger objects on one Redis client, for workers and the command line alike."""

from dataclasses import dataclass

import redis

from tasks.concurrency import Destinations, by_name
from workers.ledger.dead_letters import DeadLetters
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.endpoints.states import EndpointStates
from workers.ledger.endpoints.unknown import UnknownEndpoints
from workers.ledger.identity.namespace import SOURCE
from workers.ledger.layout.layout import Layout, unmoved
from workers.ledger.layout.places import Places
from workers.ledger.results.trimming import ResultOptions, ResultTrimming
from workers.ledger.retention import Retention
from workers.ledger.scripts import Scripts
from workers.ledger.stream.starts import beside_others
from workers.ledger.stream.streams import AnyStream, Names, streams_of
from workers.partners.ingram.settings import Ingram
from workers.redis.address import redis_address
from workers.redis.durability import durability_of
from workers.settings.settings import Settings
from workers.wiring.partners import destinations_of


@dataclass(frozen=True, slots=True)
class LedgerParts:
    """The ledger's objects that workers and the command line need."""

    client: "redis.Redis"
    scripts: Scripts
    places: Places
    stream: AnyStream
    destinations: Destinations
    retention: Retention
    dead_letters: DeadLetters
    endpoints: EndpointStates
    rosters: Rosters
    unknown: UnknownEndpoints
    results: ResultTrimming


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


def as_wide(settings: Settings, layout: Layout) -> Settings:
    """The settings for all partitions that the ledger has; its first count is past."""
    return settings.model_copy(update={"partitions": layout.width})


def stream_names(settings: Settings) -> Names:
    is_apart = bool(redis_address(settings.redis_url).nodes)
    return Names(
        settings.stream,
        settings.group,
        settings.partitions,
        is_apart,
        by_source=settings.namespace == SOURCE,
        durability=durability_of(settings.durability),
        dedup_ms=int(settings.dedup_window * 1000),
        beside=beside_others(settings.intake_tries),
    )


def result_options_of(settings: Settings) -> ResultOptions:
    own = settings.results
    return ResultOptions(
        types=frozenset(own.types),
        deployment=settings.deployment,
        retention=int(own.retention * 1000),
        most=own.max_entries,
        most_unread=own.max_unread,
    )


def ledger_parts(
    settings: Settings,
    client: "redis.Redis",
    patience: float = 0.0,
    layout: Layout | None = None,
) -> LedgerParts:
    """The ledger on this client; nothing connects yet.

    Args:
        settings: all of them.
        client: RESP2, bytes.
        patience: of its scripts. A person at the command line is answered at once; a
            worker has calls to record.
        layout: of the ledger; None where it is not known yet.
    """
    told = result_options_of(settings)
    scripts = Scripts(
        client,
        patience=patience,
        results=told.lua(),
        durability=durability_of(settings.durability),
    )
    retention = retention_of(settings)
    known, partitions = by_name(destinations_of(settings)), settings.partitions
    places = Places(scripts, layout or unmoved(partitions))
    names = stream_names(settings)
    stream = streams_of(client, names, home=places.home, place=places.of)
    return LedgerParts(
        client=client,
        scripts=scripts,
        places=places,
        stream=stream,
        destinations=known,
        retention=retention,
        dead_letters=DeadLetters(client, scripts, stream, retention, partitions),
        endpoints=EndpointStates(
            client,
            scripts,
            partitions,
            settings.of(Ingram).disable_after,
            settings.of(Ingram).hold_after,
            longest=max((one.retry.longest for one in known.values()), default=0.0),
        ),
        rosters=Rosters(scripts, partitions),
        unknown=UnknownEndpoints(scripts, retention, partitions),
        results=ResultTrimming(scripts, told, partitions),
    )
