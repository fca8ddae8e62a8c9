"""The loops of a worker: Intake, Release, and what partners sent beyond contracts."""

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress

import redis

from workers.ledger.audit.heads import LoggedHeads
from workers.ledger.audit.reader import AuditReader
from workers.ledger.claims import Claims
from workers.ledger.drift.listing import DriftList
from workers.ledger.endpoints.known import unknown
from workers.ledger.endpoints.unknown import UnknownEndpoints
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.scripts import Scripts
from workers.ledger.stream.account import READER
from workers.ledger.stream.starts import beside_others
from workers.ledger.stream.streams import streams_of
from workers.redis.clients import hasty_client, patient_client
from workers.settings.settings import Settings
from workers.steps.back_pressure import back_pressure
from workers.steps.heartbeat import INTAKE
from workers.steps.intake import Intake, IntakeRules
from workers.steps.loop import Loop
from workers.steps.release import Release
from workers.steps.result_trimming import TrimmedResults
from workers.steps.unknown_endpoints import GiveUpUnknown
from workers.wiring.ledger import result_options_of, stream_names
from workers.wiring.process import Process

#: Seconds between two times at which drift is written.
DRIFT_SECONDS = 5.0


def loops(process: Process, wanted: dict[str, bool]) -> list[Loop]:
    """The loops that this worker wants, not started."""

    def turned(name: str) -> None:
        step, *_ = name.split()
        process.metrics.step_turns.labels(step).inc()

    made: list[tuple[str, Callable[[], float]]] = []
    if wanted["intake"]:
        made += [(name, intake.turn) for name, intake in _intakes(process)]
    if wanted["release"]:
        chains = AuditReader(process.ledger.client, process.settings.partitions)
        heads = LoggedHeads(chains, _release(process).turn)
        trimmed = TrimmedResults(process.ledger.results.trim, heads.turn)
        made.append(("release", trimmed.turn))
    return [Loop(name, turn, redis.RedisError, turned) for name, turn in made]


def drift(process: Process) -> Loop:
    """A loop that writes down what partners sent beyond their contracts.

    No work waits for it. What Redis does not take waits in the notebook, without a line
    of a log each second.
    """
    listing = DriftList(hasty_client(process.settings.redis_url, "drift"))

    def write() -> None:
        with suppress(redis.RedisError):
            listing.write(process.working.notebook)

    def turn() -> float:
        write()
        return DRIFT_SECONDS

    return Loop("drift", turn, redis.RedisError, last=write)


def _intakes(process: Process) -> Iterator[tuple[str, Intake]]:
    """One for each stream, with the name of its loop."""
    settings = process.settings
    consumer = f"{READER}{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
    # A client of its own: a blocking read must not hold up the tasks' connections.
    client = patient_client(settings.redis_url, "intake")
    places = process.ledger.places
    streams = streams_of(
        client,
        stream_names(settings),
        process.stopping.is_set,
        home=places.home,
        place=places.of,
    )
    for stream in streams.every:
        number = stream.partition
        yield (
            INTAKE if number is None else f"{INTAKE} {number}",
            Intake(
                client,
                stream,
                process.hints,
                process.working.store.bury_entry,
                intake_rules_of(settings, len(streams.every)),
                consumer,
                due=back_pressure(process, client).due,
            ),
        )


def intake_rules_of(settings: Settings, streams: int = 1) -> IntakeRules:
    """The bounds of each intake, of which several share what may be handed out."""
    batch, pending = settings.intake_batch, settings.intake_pending
    beside = beside_others(settings.intake_tries)
    return IntakeRules(
        batch=batch,
        pending=max(batch, pending // streams),
        # The last one is alone.
        attempts=max(settings.intake_tries, beside + 1),
        beside=beside,
        memory=settings.intake_memory,
        ahead=settings.intake_ahead,
        lease_ms=int(settings.lease * 1000),
    )


def _release(process: Process) -> Release:
    settings, parts = process.settings, process.ledger
    client = patient_client(settings.redis_url, "release")
    scripts = Scripts(client, results=result_options_of(settings).lua())
    return Release(
        Claims(scripts, parts.retention, settings.partitions),
        process.working.gates,
        process.hints,
        parts.destinations,
        process.working.room.most_leased,
        settings.release_seconds,
        process.call_times.seconds,
        process.slots,
        GiveUpUnknown(
            lambda names: unknown(client, Heartbeats(client).alive(), names),
            UnknownEndpoints(scripts, parts.retention, settings.partitions),
            settings.unknown_endpoint_after,
        ).look,
        apart=process.working.apart,
    )
