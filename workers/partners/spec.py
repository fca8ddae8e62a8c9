"""Partner specification: everything that a partner is to the product, as one value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tasks.destination import Destination
from tasks.planning.rules import PlanRules
from workers.fields.partner import Partner

if TYPE_CHECKING:
    from tasks.execution.drain import HintRun
    from tasks.execution.report import Report
    from tasks.ledger_values import Hint
    from tasks.services import Services
    from workers.partners.calls import PartnerCalls, Stopwatch
    from workers.partners.reach import Reach

P = TypeVar("P", bound=Partner)


def _as_they_are(rules: PlanRules, _own: Any) -> PlanRules:
    """Plan nothing for it."""
    return rules


def calls_of(dotted: str) -> "Callable[[], PartnerCalls[Any, Any]]":
    """What a module calls so; it is imported when a call is to be made.

    Who only reads settings or the ledger needs no library that calls take.
    """
    module, _, name = dotted.rpartition(".")

    def load() -> "PartnerCalls[Any, Any]":
        calls: PartnerCalls[Any, Any] = getattr(import_module(module), name)
        return calls

    return load


@dataclass(frozen=True, slots=True)
class PartnerSpec(Generic[P]):
    """A partner: what the rest of the product reads of it, and nothing else does.

    Attributes:
        name: the section of its settings and its queue; its destinations are called so,
            or `<name>/<instance>` where it has several: accounts, sites, endpoints.
        title: what people call it.
        task: the Celery task that works on its hints.
        settings: the model of its settings.
        calls: loads how it is called.
        destinations: those that its settings make, where it is in use; the seconds are
            of a lease.
        rules: adds to the rules of planning what its settings decide.
        instances: the settings of each of its accounts or sites, by destination; None
            where one client serves all that the settings have.
        roams: whether a thread that has finished at one of its destinations goes on at
            another: for many with little work each.
    """

    name: str
    title: str
    task: str
    settings: type[P]
    calls: "Callable[[], PartnerCalls[P, Any]]"
    destinations: Callable[[P, float], Iterator[Destination]]
    rules: Callable[[PlanRules, P], PlanRules] = _as_they_are
    instances: Callable[[P], Mapping[str, P]] | None = None
    roams: bool = False

    def connected(self, own: P, reach: "Reach", stopwatch: "Stopwatch") -> "HintRun":
        """What a worker does with its hints; nothing connects yet.

        Each account or site has a client, and so connections, of its own.
        """
        calls = self.calls()
        if self.instances is None:
            return calls.connected(own, reach, stopwatch)
        each = self.instances(own).items()
        return _by_place({p: calls.connected(one, reach, stopwatch) for p, one in each})


def _by_place(runs: "Mapping[str, HintRun]") -> "HintRun":
    """Have each hint worked on by what is connected to its destination."""

    def run(hint: "Hint", services: "Services") -> "Report":
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
        hold_after=own.hold_after,
    )
