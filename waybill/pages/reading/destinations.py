"""Page of the destinations: which may be called, what waits, how each has failed."""

from dataclasses import dataclass

from starlette.responses import Response

from waybill.pages.reading.now import seen_of
from waybill.pages.visit import Site, Visit
from waybill.status.reasons import closed_why
from waybill.status.snapshot import StatusSnapshot
from workers.ledger.views.failures import Failure
from workers.ledger.views.gates import GateState, gate_states
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
    failure: Failure | None
    paused: bool

    @property
    def shut(self) -> bool:
        """Whether its gate may be opened for a call."""
        return self.gate in {"closed", "half open"} or self.until_ms is not None


@dataclass(frozen=True, slots=True)
class Rows:
    """The destinations at one moment, and how many endpoints are none of them."""

    rows: tuple[Row, ...]
    not_shown: int
    now_ms: int


def destinations(visit: Visit) -> Response:
    """Every destination that workers have, or that has work, or has failed."""
    found = rows_of(visit.site)
    return visit.page(
        "destinations",
        rows=sorted(found.rows, key=lambda one: (one.look == "good", one.name)),
        not_shown=found.not_shown,
        now_ms=found.now_ms,
    )


def rows_of(site: Site) -> Rows:
    """What the page shows; raises redis.RedisError."""
    seen = seen_of(site)
    states = {one.name: one for one in seen.overview.shown}
    # What waits for nobody now may be shut all the same, and has failed for a reason.
    others = [name for name in seen.failures if name not in states]
    states |= {name: DestinationState(name) for name in others}
    gates = {**seen.gates}
    gates |= gate_states(site.client, others, seen.overview.now_ms)
    return Rows(
        tuple(_row(one, seen, gates.get(name)) for name, one in states.items()),
        len(seen.overview.destinations.keys() - states.keys()),
        seen.overview.now_ms,
    )


def row_named(site: Site, name: str) -> Row | None:
    """One of them, shown or not; raises redis.RedisError."""
    seen = seen_of(site)
    state = seen.overview.destinations.get(name)
    if state is None and name not in seen.failures:
        return None
    gate = gate_states(site.client, [name], seen.overview.now_ms)[name]
    return _row(state or DestinationState(name), seen, gate)


def _row(state: DestinationState, seen: StatusSnapshot, known: GateState | None) -> Row:
    gate = known or GateState()
    word, look, why = "open", "good", ""
    if gate.until_ms is not None:
        word, look, why = "closed", "bad", closed_why(gate)
    elif gate.breaker:
        word, look, why = "half open", "wait", "one call at a time probes it"
    if state.disabled:
        word, look = "paused", "bad"
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
        seen.failures.get(state.name),
        state.disabled,
    )
