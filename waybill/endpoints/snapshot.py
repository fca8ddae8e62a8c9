"""Snapshot for `waybill endpoints`: settings, states and gates at one moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from tasks.destination import Destination
from tasks.planning.rules import INGRAM_PREFIX
from waybill.connect import Opened, now_ms
from workers.ledger.endpoints.states import FEWEST_FAILURES, EndpointState
from workers.ledger.views.gates import GateState, gate_states
from workers.partners.ingram.endpoint_settings import Endpoint, EndpointSecret
from workers.partners.ingram.settings import Ingram


@dataclass(frozen=True, slots=True)
class EndpointSnapshot:
    """One endpoint.

    Attributes:
        settings: what the operator wrote.
        limits: what the settings make of that.
        state: what the ledger knows.
        gate: whether it may be called.
        now: UTC, by Redis' clock.
        disabled_at_ms: UTC ms at which failing will have disabled it, None when it
            does not fail, or may fail for ever.
    """

    name: str
    settings: Endpoint
    limits: Destination
    state: EndpointState
    gate: GateState
    now: datetime
    disabled_at_ms: int | None

    @property
    def fails(self) -> bool:
        """Whether it has failed often enough to be worth a word."""
        return self.state.failures >= FEWEST_FAILURES

    @property
    def signing(self) -> list[EndpointSecret]:
        """The secrets that sign now; the first of them signs x-hub-signature."""
        return [one for one in self.settings.secrets if signs(one, self.now)]


def signs(secret: EndpointSecret, at: datetime) -> bool:
    """Whether a secret signs at an instant: from its `from` on, before its `until`."""
    begun = secret.valid_from is None or secret.valid_from <= at
    return begun and (secret.until is None or at < secret.until)


def look(ledger: Opened, names: Iterable[str]) -> list[EndpointSnapshot]:
    """Read all of these; raises redis.RedisError."""
    wanted, settings = list(names), ledger.settings.of(Ingram)
    at = now_ms(ledger.client)
    now = datetime.fromtimestamp(at / 1000, UTC)
    gates = gate_states(ledger.client, [INGRAM_PREFIX + n for n in wanted], at)
    states = ledger.parts.endpoints.states(wanted)
    return [
        EndpointSnapshot(
            name=name,
            settings=settings.endpoints[name],
            limits=ledger.parts.destinations[INGRAM_PREFIX + name],
            state=states[name],
            gate=gates[INGRAM_PREFIX + name],
            now=now,
            disabled_at_ms=_end(states[name], settings.disable_after),
        )
        for name in wanted
    ]


def _end(state: EndpointState, disable_after: float) -> int | None:
    if state.disabled or state.failing_ms is None or not disable_after:
        return None
    return state.failing_ms + int(disable_after * 1000)
