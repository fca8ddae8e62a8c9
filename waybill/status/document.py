"""JSON document of `waybill status`; its members are only ever added to."""

from collections.abc import Sequence
from dataclasses import asdict

from waybill.console import iso
from waybill.status.differing import Difference, differences
from waybill.status.reasons import closed_why
from waybill.status.snapshot import StatusSnapshot
from workers.ledger.identity.heartbeats import Alive
from workers.ledger.views.failures import Failure
from workers.ledger.views.gates import GateState
from workers.ledger.views.overview import DestinationState


def document(seen: StatusSnapshot, why: Sequence[str]) -> dict[str, object]:
    """The object of `--json`."""
    found = seen.overview
    return {
        "well": not why,
        "reasons": list(why),
        "at": iso(found.now_ms),
        "epoch": None if seen.epoch_ms is None else iso(seen.epoch_ms),
        "partitions": seen.partitions,
        "repartition": _repartition(seen),
        "deployment": seen.deployment or None,
        "held": seen.restored.held,
        "restores": [asdict(one) for one in seen.restored.found],
        "destinations": [_entry(one, seen) for one in found.shown],
        "destinations_not_shown": found.not_shown,
        "workers": [_worker(one) for one in seen.workers],
        "differences": [_difference(one) for one in differences(seen.workers)],
        "unknown_endpoints": [
            {"name": name, "waiting": one.count, "at_least": one.at_least}
            for name, one in seen.unknown.items()
        ],
        "dead_letters": found.dead,
        "dead_letters_by_kind": [
            {"kind": one.kind, "count": one.count, "oldest": iso(one.oldest_ms)}
            for one in seen.dead
        ],
        "stream": {
            "length": found.stream,
            "pending": found.pending,
            "unread": found.unread,
            "lost": found.losses.events,
            "lost_accepted": found.losses.accepted,
            "oldest_seconds": found.oldest_event_seconds,
        },
        "results": {
            "length": sum(one.entries for one in found.results),
            "dropped": found.counts.get("results_dropped", 0),
        },
        "comparisons": [
            {
                "name": one.name,
                "at": iso(one.at_ms) if one.at_ms else None,
                "says": one.message,
                "well": not one.reason,
            }
            for one in seen.comparisons
        ],
        "drift": _drift(seen),
        "counts": {"ambiguous": 0} | found.counts,
    }


def unanswered(message: str) -> dict[str, object]:
    """The same where nothing can be read of the ledger."""
    return {"well": False, "reasons": [message]}


def _repartition(seen: StatusSnapshot) -> dict[str, object] | None:
    if seen.layout is None or not seen.layout.is_moving:
        return None
    return {
        "stage": str(seen.layout.stage),
        "goal": seen.layout.goal,
        "mover": seen.mover or None,
    }


def _drift(seen: StatusSnapshot) -> dict[str, object]:
    newest = seen.drift.newest_ms
    return {
        "shapes": seen.drift.total,
        "newest": iso(newest) if seen.drift.total else None,
        "unlisted": seen.drift.unlisted,
    }


def _worker(one: Alive) -> dict[str, object]:
    heartbeat = asdict(one.heartbeat)
    del heartbeat["up_seconds"]
    seen = {"started": iso(one.started_ms), "seen_seconds": one.quiet_ms / 1000}
    return heartbeat | seen


def _difference(one: Difference) -> dict[str, object]:
    return {"part": one.part, "workers": one.groups, "seconds": one.seconds}


def _entry(state: DestinationState, seen: StatusSnapshot) -> dict[str, object]:
    gate = seen.gates.get(state.name, GateState())
    closed = gate.until_ms is not None
    return {
        "name": state.name,
        "configured": state.name in seen.configured,
        "due": state.due,
        "overdue_seconds": max(0.0, state.overdue_seconds),
        "leased": state.leased,
        "parked": state.disabled,
        "parked_why": seen.disabled_why.get(state.name) or None,
        "gate": {
            "open": not closed,
            "until": None if gate.until_ms is None else iso(gate.until_ms),
            "why": closed_why(gate) if closed else None,
            "failures": gate.failures,
        },
        "last_failure": _failure(seen.failures.get(state.name)),
    }


def _failure(one: Failure | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {"at": iso(one.at_ms), "code": one.code, "says": one.message}
