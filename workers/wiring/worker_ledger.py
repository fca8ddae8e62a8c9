"""Ledger objects that a worker has beside those of the command line."""

from dataclasses import dataclass

import redis
import structlog

from workers.dispatch.call_times import CallTimes
from workers.dispatch.room import Room
from workers.dispatch.slots import Slots
from workers.ledger.begins import Starts
from workers.ledger.drift.notebook import Notebook
from workers.ledger.gates import Change, Gates
from workers.ledger.store import RedisLedger
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
    room = Room(known, gates, call_times.seconds, slots, settings.partitions)
    stream, retention = parts.stream, parts.retention
    store = RedisLedger(
        client, stream, known, room, retention, parts.places, scripts, starts
    )
    return WorkerLedger(parts, gates, room, store, Notebook())


def log_gate(change: Change) -> None:
    """Log a gate that has closed or opened."""
    fields = {"destination": change.destination, "seconds": round(change.seconds, 1)}
    if not change.closed:
        log.info("gate_opened", why="a call was answered again", **fields)
        return
    why = "the partner asks for it, or refuses every call"
    if change.code == "replicas":
        why = "too few replicas confirm what begins (WAYBILL_DURABILITY)"
    elif change.breaker:
        why = f"{change.failures} failures in a row opened the breaker"
    log.warning("gate_closed", code=change.code, why=why, **fields)
