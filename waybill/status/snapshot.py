"""Snapshot for `waybill status`: ledger, gates and stream at one moment."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tasks.planning.rules import INGRAM_PREFIX
from waybill.connect import Opened
from waybill.status.comparisons import Compared, comparisons
from workers.ledger import keys
from workers.ledger.drift.listing import DriftCounts, DriftList
from workers.ledger.endpoints.known import unknown
from workers.ledger.endpoints.unknown import Waiting
from workers.ledger.identity.deployment import owner
from workers.ledger.identity.heartbeats import Alive, Heartbeats
from workers.ledger.identity.metadata import Missing, missing
from workers.ledger.layout.layout import Layout
from workers.ledger.repartition.repartition import mover
from workers.ledger.restore.findings import Restored, Restores
from workers.ledger.views.dead_kinds import DeadKind, dead_kinds
from workers.ledger.views.failures import Failure, last_failures
from workers.ledger.views.gates import GateState, gate_states
from workers.ledger.views.overview import Overview, overview
from workers.ledger.views.result_streams import ResultStream, is_kept_by_group
from workers.partners.ingram.settings import Ingram
from workers.partners.registry import PARTNERS
from workers.redis.answers import number
from workers.redis.durability import durability_of
from workers.redis.fitness import complaints, info_of

#: From which share of the results that are kept at most it is not well.
NEARLY = 0.9


#: Which destinations are known, by the workers that are alive.
KnownOf = Callable[[Sequence[Alive]], Iterable[str]]


@dataclass(frozen=True, slots=True)
class StatusSnapshot:
    """All of it.

    Attributes:
        overview: of all partitions.
        gates: by destination, of those that are shown.
        resting: partitions whose primary lacks replicas that have to confirm.
        configured: destinations of the settings.
        epoch_ms: UTC ms at which the ledger was made, None without its mark.
        missing: the warning for that.
        partitions: of the ledger.
        layout: of the ledger; None where nobody has asked.
        mover: who moves its orders into other partitions now, "" for nobody.
        disabled_why: who or what disabled an endpoint, by destination.
        workers: that are alive.
        unfit: what is wrong with Redis itself.
        deployment: that the ledger belongs to, "" without a name.
        unknown: what waits for endpoints that no living worker knows, by name.
        unknown_after: seconds after which that becomes a dead letter, 0: never.
        restored: what was found of restores, and whether nothing is sent.
        failures: how each destination has failed last, by destination.
        dead: the dead letters by kind.
        comparisons: what comparisons came to when they ran last.
        drift: how much partners sent beyond their contracts.
        unread: streams of results that a consumer group is about to lose some of.
    """

    overview: Overview
    gates: dict[str, GateState] = field(default_factory=dict)
    resting: tuple[int, ...] = ()
    configured: frozenset[str] = frozenset()
    epoch_ms: int | None = None
    missing: Missing | None = None
    partitions: int = 1
    layout: Layout | None = None
    mover: str = ""
    disabled_why: dict[str, str] = field(default_factory=dict)
    workers: tuple[Alive, ...] = ()
    deployment: str = ""
    unfit: tuple[str, ...] = ()
    unknown: Mapping[str, Waiting] = field(default_factory=dict)
    unknown_after: float = 0.0
    restored: Restored = field(default_factory=Restored)
    failures: Mapping[str, Failure] = field(default_factory=dict)
    dead: tuple[DeadKind, ...] = ()
    comparisons: tuple[Compared, ...] = ()
    drift: DriftCounts = field(default_factory=DriftCounts)
    unread: tuple[ResultStream, ...] = ()


def look(ledger: Opened, known_of: KnownOf | None = None) -> StatusSnapshot:
    """Read it all.

    Args:
        ledger: that is opened.
        known_of: the destinations that are shown though nothing waits there, by which
            workers are alive; None for those of the settings.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    client, stream, settings = ledger.client, ledger.stream, ledger.settings
    epoch, workers = client.get(keys.EPOCH), Heartbeats(client).alive()
    known = list(known_of(workers)) if known_of else ledger.configured()
    found = overview(client, stream, known, settings.partitions)
    return StatusSnapshot(
        overview=found,
        gates=gate_states(client, [one.name for one in found.shown], found.now_ms),
        resting=_resting(ledger, found),
        configured=frozenset(ledger.configured()),
        epoch_ms=None if epoch is None else number(epoch),
        missing=missing(client, settings.partitions) if epoch is None else None,
        partitions=settings.partitions,
        layout=ledger.layout,
        mover=mover(client),
        disabled_why=_disabled_why(ledger, found),
        workers=workers,
        deployment=owner(client),
        unfit=_unfit(ledger),
        unknown=_unknown(ledger, found, workers),
        unknown_after=settings.unknown_endpoint_after,
        restored=Restores(client, settings.partitions).restored(),
        failures=last_failures(client, settings.partitions),
        dead=dead_kinds(client, settings.partitions) if found.dead else (),
        comparisons=tuple(comparisons(client, ledger.settings.partitions)),
        drift=DriftList(client).counts([spec.name for spec in PARTNERS]),
        unread=tuple(_unread(ledger, found)),
    )


def _resting(ledger: Opened, found: Overview) -> tuple[int, ...]:
    """Partitions of a Cluster in which the last start was not confirmed."""
    roots = [keys.prefix(one) for one in range(ledger.settings.partitions)]
    gates = gate_states(ledger.client, roots, found.now_ms)
    return tuple(n for n, one in enumerate(roots) if gates[one].rests)


def _unread(ledger: Opened, found: Overview) -> Iterator[ResultStream]:
    """Results that a consumer group has left unread, until they are nearly dropped."""
    least = NEARLY * ledger.settings.results.max_unread
    for partition, stream in enumerate(found.results):
        if is_kept_by_group(ledger.client, keys.prefix(partition), stream, least):
            yield stream


def _unknown(
    ledger: Opened, found: Overview, workers: Sequence[Alive]
) -> dict[str, Waiting]:
    held = [one.name for one in found.destinations.values() if one.due or one.leased]
    names = [n.removeprefix(INGRAM_PREFIX) for n in held if n.startswith(INGRAM_PREFIX)]
    own = ledger.settings.of(Ingram).endpoints
    nobodys = unknown(ledger.client, workers, names, own)
    return {name: ledger.parts.unknown.waiting(name) for name in nobodys}


def _disabled_why(ledger: Opened, found: Overview) -> dict[str, str]:
    disabled = [one.name for one in found.destinations.values() if one.disabled]
    found_of = ledger.parts.endpoints.conditions(disabled)
    return {name: state.why for name, state in found_of.items()}


def _unfit(ledger: Opened) -> tuple[str, ...]:
    """What running workers cannot show: they may be connected to another server."""
    info = info_of(ledger.client)
    if info is None:
        return ()
    # Whether it persists is the doctor's to check, and what is not known.
    found = list(complaints(info, allow_volatile=True, assume_persistent=True))
    awaited = durability_of(ledger.settings.durability).replicas
    there = number(info.get("connected_slaves", awaited))
    if there < awaited:
        found.append(
            f"{awaited - there} of {awaited} replicas are missing (WAYBILL_DURABILITY):"
            " no event is accepted and nothing is sent until they are back"
        )
    return tuple(found)
