"""Ledger objects that a worker has beside those of the command line."""

from dataclasses import dataclass

import redis
import structlog

from workers.dispatch.call_times import CallTimes
from workers.dispatch.partition_gates import PartitionGates
from workers.dispatch.room import Room
from workers.dispatch.slots import Slots
from workers.ledger.begins import Starts
from workers.ledger.drift.notebook import Notebook
from workers.ledger.gates import Change, Gates
from workers.ledger.scripts import Scripts
from workers.ledger.store import RedisLedger
from workers.redis.durability import durability_of
from workers.settings.settings import Settings
from workers.wiring.ledger import LedgerParts, ledger_parts

log = structlog.get_logger()

#: Seconds, as long as the ledger's client asks a Redis that does not answer.
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class WorkerLedger:
    """What works on the ledger, by threads, calls, gates and notes of one process."""

    parts: LedgerParts
    gates: Gates
    apart: PartitionGates | None
    room: Room
    store: RedisLedger
    notebook: Notebook


def worker_ledger(
    settings: Settings,
    client: "redis.Redis",
    call_times: CallTimes,
    slots: Slots,
    starts: Starts | None = None,
) -> WorkerLedger:
    """The ledger on this client; nothing connects yet.

    Args:
        settings: all of them.
        client: RESP2, bytes.
        call_times: how long calls take lately.
        slots: the threads of this process.
        starts: those that go on with an item themselves.
    """
    parts = ledger_parts(settings, client, PATIENCE)
    known, scripts = parts.destinations, parts.scripts
    gates = Gates(scripts, known, log_gate)
    apart = _partition_gates(settings, scripts)
    room = Room(known, gates, call_times.seconds, slots, settings.partitions, apart)
    stream, retention = parts.stream, parts.retention
    store = RedisLedger(
        client, stream, known, room, retention, parts.places, scripts, starts
    )
    return WorkerLedger(parts, gates, apart, room, store, Notebook())


def _partition_gates(settings: Settings, scripts: Scripts) -> PartitionGates | None:
    """Where replicas are waited for, the primary of a partition may lack them."""
    awaited = durability_of(settings.durability).replicas
    return PartitionGates(scripts, log_partition) if awaited else None


def log_partition(partition: int, change: Change) -> None:
    """Log a partition that has come to rest or goes on."""
    seconds = round(change.seconds, 1)
    if not change.closed:
        why = "replicas have confirmed again what begins"
        log.info("gate_opened", partition=partition, seconds=seconds, why=why)
        return
    log.warning(
        "gate_closed",
        partition=partition,
        seconds=seconds,
        code=change.code,
        why="too few replicas of its primary confirm what begins (WAYBILL_DURABILITY)",
    )


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
