"""Partner specification: everything that a partner is to the product, as one value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from tasks.destination import Destination
from tasks.execution.drain import HintRun
from tasks.execution.report import Report
from tasks.ledger_values import Hint
from tasks.planning.rules import PlanRules
from tasks.services import Services
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


def _as_they_are(rules: PlanRules, _own: Any) -> PlanRules:
    """Plan nothing for it."""
    return rules


@dataclass(frozen=True, slots=True)
class PartnerSpec(Generic[P, C]):
    """A partner: what the rest of the product reads of it, and nothing else does.

    Attributes:
        name: the section of its settings and its queue; its destinations are called so,
            or `<name>/<instance>` where it has several: accounts, sites, endpoints.
        title: what people call it.
        task: the Celery task that works on its hints.
        settings: the model of its settings.
        client: makes what calls it, from its settings.
        measured: the same client, whose calls are timed and counted.
        work: what is done with a hint, by that client.
        destinations: those that its settings make, where it is in use; the seconds are
            of a lease.
        rules: adds to the rules of planning what its settings decide.
        checks: asks it harmless questions for `waybill doctor`; with `offline`, nothing
            may leave this machine.
        instances: the settings of each of its accounts or sites, by destination; None
            where one client serves all that the settings have.
        roams: whether a thread that has finished at one of its destinations goes on at
            another: for many with little work each.
    """

    name: str
    title: str
    task: str
    settings: type[P]
    client: Callable[[P, Reach], C]
    measured: Callable[[C, P, Stopwatch], C]
    work: Callable[[C], HintRun]
    destinations: Callable[[P, float], Iterator[Destination]]
    checks: Callable[[P, Reach, bool], Iterator[Check]]
    rules: Callable[[PlanRules, P], PlanRules] = _as_they_are
    instances: Callable[[P], Mapping[str, P]] | None = None
    roams: bool = False

    def connected(self, own: P, reach: Reach, stopwatch: Stopwatch) -> HintRun:
        """What a worker does with its hints; nothing connects yet.

        Each account or site has a client, and so connections, of its own.
        """
        if self.instances is None:
            return self._one(own, reach, stopwatch)
        each = self.instances(own).items()
        return _by_place({p: self._one(one, reach, stopwatch) for p, one in each})

    def _one(self, own: P, reach: Reach, stopwatch: Stopwatch) -> HintRun:
        return self.work(self.measured(self.client(own, reach), own, stopwatch))


def _by_place(runs: Mapping[str, HintRun]) -> HintRun:
    """Have each hint worked on by what is connected to its destination."""

    def run(hint: Hint, services: Services) -> Report:
        return runs[hint.destination](hint, services)

    return run


def destination(
    name: str, own: Partner, max_leased: int, rate: float, lease: float
) -> Destination:
    """A destination of a partner; `lease` in seconds bounds its breaker's probe."""
    return Destination(
        name=name,
        retry=own.retry,
        max_leased=max_leased,
        breaker_failures=own.breaker_failures,
        breaker_seconds=own.breaker_seconds,
        probe_seconds=lease,
        calls_per_minute=rate,
    )
