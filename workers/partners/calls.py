"""Partner's calls: what asks it, measured, and what is done with its hints.

Only who calls partners loads this, and the libraries that calls take.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from tasks.execution.drain import HintRun
from workers.fields.partner import Partner
from workers.partners.check import Check
from workers.partners.reach import Reach

T = TypeVar("T")
P = TypeVar("P", bound=Partner)
C = TypeVar("C")


class Stopwatch(Protocol):
    """Where a partner's calls are measured; `telemetry.stopwatch` is the real one."""

    def time(self, destination: str, call: Callable[[], T]) -> T:
        """The call's answer, whose seconds are kept."""

    def asked_for(self, destination: str, orders: int) -> None:
        """Keep how many orders a call asks for."""

    def unknown_status(self, status: str) -> None:
        """Count a status code that the settings' table does not have."""

    def unread(self, partner: str, field: str) -> None:
        """Count a value that no rule reads."""


def _none(_section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Refuse no settings."""
    return iter(())


@dataclass(frozen=True, slots=True)
class PartnerCalls(Generic[P, C]):
    """How a partner is called.

    Attributes:
        client: makes what calls it, from its settings.
        measured: the same client, whose calls are timed and counted.
        work: what is done with a hint, by that client.
        checks: asks it harmless questions for `waybill doctor`; with `offline`, nothing
            may leave this machine.
        faults: finds in raw settings what every call would be refused for, variable and
            complaint; what is no setting's value is left to who checks those.
    """

    client: Callable[[P, Reach], C]
    measured: Callable[[C, P, Stopwatch], C]
    work: Callable[[C], HintRun]
    checks: Callable[[P, Reach, bool], Iterator[Check]]
    faults: Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]] = _none

    def connected(self, own: P, reach: Reach, stopwatch: Stopwatch) -> HintRun:
        """What a worker does with hints of these settings; nothing connects yet."""
        return self.work(self.measured(self.client(own, reach), own, stopwatch))
