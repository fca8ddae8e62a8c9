"""Snapshot of the ledger for its metrics, at one moment."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import redis

from tasks.planning.rules import INGRAM_PREFIX
from workers.ledger import keys
from workers.ledger.drift.listing import DriftCounts, DriftList
from workers.ledger.endpoints.known import unknown
from workers.ledger.identity.heartbeats import Alive, Heartbeats
from workers.ledger.reconcile.last_run import LastRun, last_run
from workers.ledger.restore.findings import Restored, Restores
from workers.ledger.stream.streams import Names, views_of
from workers.ledger.views.dead_summary import DeadGroup, dead_groups
from workers.ledger.views.gates import GateState, gate_states
from workers.ledger.views.overview import Overview, overview
from workers.partners.registry import PARTNERS
from workers.redis.cluster.client import ClusterClient
from workers.redis.fitness import unfit
from workers.telemetry.metrics import most_named


@dataclass(frozen=True, slots=True)
class LedgerSnapshot:
    """The ledger at one moment.

    Attributes:
        overview: what waits and what is held.
        gates: by destination, of those in `named`.
        workers: that are alive.
        restored: what was found of a restore.
        named: the destinations that have samples of their own.
        unknown: endpoints with work that no living worker knows.
        reconciled: the last run of `waybill reconcile`.
        dead: the dead letters.
        unread_ms: UTC ms at which the oldest event that nobody has read came in.
        unfit: how many things are wrong with this Redis.
        missing: whether the ledger's mark is missing.
        drift: how much partners sent beyond their contracts.
    """

    overview: Overview
    gates: dict[str, GateState]
    workers: tuple[Alive, ...] = ()
    restored: Restored = field(default_factory=Restored)
    named: frozenset[str] = frozenset()
    unknown: Sequence[str] = ()
    reconciled: LastRun = field(default_factory=LastRun)
    dead: Sequence[DeadGroup] = ()
    unread_ms: int | None = None
    unfit: int = 0
    missing: bool = False
    drift: DriftCounts = field(default_factory=DriftCounts)


def ledger_look(
    connect: Callable[[], "AbstractContextManager[redis.Redis]"],
    stream: str,
    group: str,
    known: Sequence[str],
    partitions: int,
    *,
    faults: Callable[["redis.Redis"], Sequence[str]] = unfit,
) -> LedgerSnapshot:
    """Read it all; raises redis.RedisError.

    Args:
        connect: a client of its own for each look, with a budget of its own.
        stream: the key of the stream that all share.
        group: that reads it, and those of partitions.
        known: destinations of the settings.
        partitions: of the ledger.
        faults: names what is wrong with that Redis, as the settings judge it.
    """
    with connect() as client:
        is_apart = isinstance(client, ClusterClient)
        backlog = views_of(client, Names(stream, group, partitions, is_apart))
        seen = overview(client, backlog, list(known), partitions)
        named = most_named([one.name for one in seen.shown])
        gates = gate_states(client, named, seen.now_ms)
        workers, strangers = Heartbeats(client).alive(), _strangers(seen, known)
        return LedgerSnapshot(
            seen,
            gates,
            workers,
            Restores(client, partitions).restored(),
            frozenset(named),
            unknown(client, workers, strangers) if strangers else (),
            last_run(client, partitions),
            dead_groups(client, partitions) if seen.dead else (),
            backlog.oldest_unread_ms(),
            len(faults(client)),
            missing=client.get(keys.EPOCH) is None,
            drift=DriftList(client).counts([spec.name for spec in PARTNERS]),
        )


def _strangers(seen: Overview, known: Sequence[str]) -> list[str]:
    """Endpoints with work that these settings do not have."""
    held = [one.name for one in seen.destinations.values() if one.due or one.leased]
    names = set(held).difference(known)
    return sorted(
        name.removeprefix(INGRAM_PREFIX)
        for name in names
        if name.startswith(INGRAM_PREFIX)
    )
