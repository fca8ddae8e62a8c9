"""Planning settings, as one frozen value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from serializers.order import DEFAULT, Order
from serializers.results.result import ResultType
from tasks.planning.statuses import StatusTable

#: The part of an account's destination at which its parcels are asked for. No account
#: can be called so: `westcon/shipments` is that of the account `default`.
PARCELS: Final = "shipments"


def destination_of(partner: str, name: str) -> str:
    """The destination of a partner's account or site; "" names `default`, too."""
    return partner if name in {"", DEFAULT} else f"{partner}/{name}"


def parcels_at(account: str) -> str:
    """The destination at which an account's parcels are asked for.

    Args:
        account: the account's own destination.
    """
    return f"{account}/{PARCELS}"


WESTCON = "westcon"
#: Where the parcels of shipped orders are asked for: its gate and rate are its own.
SHIPMENTS = parcels_at(WESTCON)
DECK = "deck"
INGRAM_PREFIX = "ingram/"


@dataclass(frozen=True, slots=True)
class EndpointRule:
    """What a notification to one endpoint looks like, and which it wants.

    Attributes:
        body: the spelling of the body: schema, example or portal.
        events: the eventTypes it wants, empty for all.
        late_facts: whether it is notified of facts that come after their stage.
    """

    body: str
    events: frozenset[str] = frozenset()
    late_facts: bool = True


@dataclass(frozen=True, slots=True)
class PollRules:
    """When to look at an order, all in seconds; `batch` orders in one call.

    Attributes:
        calm: the least pause of an order that has changed before.
        quiet: how long a finished order that is asked for by purchase order is looked
            at for orders that Westcon splits off.
        shipment_detail: whether the parcels of what has been shipped are asked for.
        shipment_wait: for how long shipped quantity waits for them at most.
    """

    shortest: float
    calm: float
    longest: float
    fraction: float
    patience: float
    nao_grace: float
    quiet: float
    batch: int
    shipment_detail: bool
    shipment_wait: float


#: Of who watches nothing.
NO_POLLS = PollRules(
    shortest=0.0,
    calm=0.0,
    longest=0.0,
    fraction=0.0,
    patience=0.0,
    nao_grace=0.0,
    quiet=0.0,
    batch=1,
    shipment_detail=False,
    shipment_wait=0.0,
)


@dataclass(frozen=True, slots=True)
class WatchRule:
    """Which orders are watched at a partner whose answers concern its watch alone.

    Attributes:
        partner: its name.
        place: the destination at which an order is watched, None where it cannot be.
    """

    partner: str
    place: Callable[[Order], str | None]


@dataclass(frozen=True, slots=True)
class PlanRules:
    """Which partners are in use, and how statuses become notifications.

    Attributes:
        accounts: the names of Westcon's accounts that are in use.
        sites: the same of DECK's sites.
        watches: the partners at which orders are watched besides Westcon.
        endpoints: the settings of each endpoint, by name.
        everyone: the names in the ledger's roster, other workers' endpoints among
            them; an order that names none is notified to these and to those above.
        by_source: whether each source of events has order numbers of its own.
        results: the types of results that are written.
        strict_events: whether members of an event that are not declared refuse it.
    """

    westcon: bool = False
    deck: bool = False
    accounts: frozenset[str] = frozenset({DEFAULT})
    sites: frozenset[str] = frozenset({DEFAULT})
    watches: tuple[WatchRule, ...] = ()
    endpoints: Mapping[str, EndpointRule] = field(default_factory=dict)
    statuses: StatusTable = field(default_factory=dict)
    notify_unknown: bool = False
    by_source: bool = False
    strict_events: bool = False
    everyone: frozenset[str] = frozenset()
    results: frozenset[ResultType] = frozenset()
    poll: PollRules = NO_POLLS
