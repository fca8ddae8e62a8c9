"""Text of `waybill status`: the destinations, the rest of the ledger, the verdict."""

from collections.abc import Iterator, Sequence

from waybill.console import moment, paragraph, plain, span, table
from waybill.status.differing import differences
from waybill.status.reasons import gate_word, moving_text
from waybill.status.served import summary
from waybill.status.snapshot import StatusSnapshot
from workers.ledger.drift.listing import DriftCounts
from workers.ledger.views.dead_kinds import DeadKind
from workers.ledger.views.gates import GateState
from workers.ledger.views.overview import DestinationState

COLUMNS = ("destination", "due", "overdue", "leased", "gate")

#: Failures that are shown: so many, and none that is older than a day, unless its
#: destination is not called now.
FAILURES, RECENT_MS = 10, 86_400_000


def page(seen: StatusSnapshot, why: Sequence[str]) -> str:
    """All of it, as wide as the terminal."""
    return "\n".join(_lines(seen, why))


def _lines(seen: StatusSnapshot, why: Sequence[str]) -> Iterator[str]:
    rows = [_row(state, seen) for state in seen.overview.shown]
    yield table(COLUMNS, rows, ("due", "overdue", "leased"), ("gate",))
    if seen.overview.not_shown:
        yield f"and {seen.overview.not_shown} endpoints that have nothing to do"
    yield ""
    for title, lines in _facts(seen):
        for place, line in enumerate(lines):
            yield paragraph(f"{'' if place else title:<14}{plain(line)}", 14)
    yield ""
    for one in differences(seen.workers):
        if not one.lasts:
            yield paragraph(f"note: {plain(str(one))}; {one.advice()}")
    yield from (paragraph(f"not well: {plain(reason)}", 2) for reason in why)
    if not why:
        yield "All is well."


def _facts(seen: StatusSnapshot) -> Iterator[tuple[str, list[str]]]:
    found, counts = seen.overview, {"ambiguous": 0} | seen.overview.counts
    yield "last failures", list(_failures(seen))
    yield "workers", list(summary(seen.workers)) or ["none alive"]
    now_ms = found.now_ms
    dead = "; ".join(_dead(one, now_ms) for one in seen.dead)
    yield "dead letters", [f"{found.dead}{dead and f': {dead}'}"]
    yield "stream", [_stream(seen)]
    yield "results", [str(sum(one.entries for one in found.results))]
    for one in seen.comparisons:
        ago = f"{span((now_ms - one.at_ms) / 1000)} ago: " if one.at_ms else ""
        yield one.name, [ago + one.message]
    yield "drift", [_drift(seen.drift)]
    yield "counts", [", ".join(f"{name} {counts[name]}" for name in sorted(counts))]
    mark = "without its mark"
    if seen.epoch_ms is not None:
        mark = f"made {moment(seen.epoch_ms)}"
    if seen.deployment:
        mark += f", of {seen.deployment}"
    yield "ledger", [f"{mark}, partitions: {seen.partitions}"]
    if seen.layout is not None and seen.layout.is_moving and seen.mover:
        yield "partitions", [moving_text(seen.layout, seen.mover)]


def _drift(drift: DriftCounts) -> str:
    """How much partners sent beyond their contracts, and where to look."""
    if not drift.total:
        return "nothing that is in no contract"
    partners = sorted({partner for (partner, _), n in drift.shapes.items() if n})
    newest = f"the newest since {moment(drift.newest_ms)}"
    return f"{drift.total} of {', '.join(partners)}, {newest}; see waybill drift list"


def _failures(seen: StatusSnapshot) -> Iterator[str]:
    """The newest first; an old one only where it may explain what is closed now."""
    now_ms = seen.overview.now_ms
    shut = {
        name
        for name, gate in seen.gates.items()
        if gate.until_ms is not None or gate.breaker
    }
    known = [
        (one, name)
        for name, one in seen.failures.items()
        if name in shut or now_ms - one.at_ms < RECENT_MS
    ]
    known.sort(key=lambda pair: pair[0].at_ms, reverse=True)
    for one, name in known[:FAILURES]:
        ago = span(max(0, now_ms - one.at_ms) / 1000)
        yield f"{name} {ago} ago: {one.code}: {one.message}"
    if len(known) > FAILURES:
        yield f"and of {len(known) - FAILURES} more destinations"


def _dead(one: DeadKind, now_ms: int) -> str:
    oldest = span(max(0, now_ms - one.oldest_ms) / 1000)
    return f"{one.kind} {one.count}, the oldest {oldest} old"


def _stream(seen: StatusSnapshot) -> str:
    found = seen.overview
    waits = f"{found.pending} pending, {found.unread} unread"
    if found.losses.events:
        waits += f", {found.losses.events} lost so far"
    if found.oldest_event_ms is not None:
        waits += f"; the oldest has waited {span(found.oldest_event_seconds)}"
    return f"{found.stream} events, {waits}"


def _row(state: DestinationState, seen: StatusSnapshot) -> tuple[str, ...]:
    late = span(state.overdue_seconds) if state.overdue_seconds >= 1 else ""
    gate = gate_word(seen.gates.get(state.name, GateState()))
    gate = f"disabled; {gate}" if state.disabled else gate
    if state.name not in seen.configured:
        gate = f"not in the settings; {gate}"
    return state.name, str(state.due), late, str(state.leased), gate
