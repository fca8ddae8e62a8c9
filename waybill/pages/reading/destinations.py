"""Page of the destinations: which may be called, and what waits for each."""

from dataclasses import dataclass

from starlette.responses import Response

from waybill.pages.reading.now import seen_of
from waybill.pages.visit import Visit
from waybill.status.reasons import closed_why
from waybill.status.snapshot import StatusSnapshot
from workers.ledger.views.gates import GateState
from workers.ledger.views.overview import DestinationState


@dataclass(frozen=True, slots=True)
class Row:
    """One destination's; `look` is how its gate's word is painted."""

    name: str
    gate: str
    look: str
    why: str
    until_ms: int | None
    due: int
    overdue: float
    leased: int


def destinations(visit: Visit) -> Response:
    """Every destination that has work, is disabled, or is a partner's own."""
    seen = seen_of(visit.site)
    rows = [row(one, seen) for one in seen.overview.shown]
    return visit.page(
        "destinations",
        rows=sorted(rows, key=lambda one: (one.look == "good", one.name)),
        not_shown=seen.overview.not_shown,
        now_ms=seen.overview.now_ms,
    )


def row(state: DestinationState, seen: StatusSnapshot) -> Row:
    """What the page shows of one."""
    gate = seen.gates.get(state.name, GateState())
    word, look, why = "open", "good", ""
    if gate.until_ms is not None:
        word, look, why = "closed", "bad", closed_why(gate)
    elif gate.breaker:
        word, look, why = "half open", "wait", "one call at a time probes it"
    if state.disabled:
        word, look = "disabled", "bad"
        why = seen.disabled_why.get(state.name, "") or why
    return Row(
        state.name,
        word,
        look,
        why,
        gate.until_ms,
        state.due,
        state.overdue_seconds,
        state.leased,
    )
