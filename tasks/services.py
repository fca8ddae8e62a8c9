"""Service protocols of the tasks; `workers.wiring.process` supplies them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from serializers.events.entry_fields import Apart, Content, Fields
from serializers.purchase_order_uses import Use
from serializers.westcon.reply import StatusLine
from serializers.westcon.shipment_detail import ShipmentDetail
from tasks.amendment import Amendment
from tasks.company import Company
from tasks.ledger_values import (
    Admission,
    Advance,
    Begun,
    Claim,
    Delivery,
    Held,
    Hint,
    Roster,
    Settlement,
    Written,
)
from tasks.outcomes.outcome import Outcome
from tasks.outcomes.retry import RetryPolicy
from tasks.planning.rules import PlanRules


class Ledger(Protocol):
    """The truth about every order and delivery.

    Every method raises `ConnectionError` of the store's library when the store
    does not answer; nothing is half done then, and the lease repairs the rest.
    """

    def start_entries(self, ids: Sequence[str]) -> Mapping[str, Content | Apart]:
        """Start on entries, as many as fit into memory, one at least.

        None where one is gone or acknowledged; only the size of a large one. Those left
        out are not begun, nor are those that are `Apart`.
        """

    def started_alone(
        self, entry: str, starts: int
    ) -> AbstractContextManager[Mapping[str, Content]]:
        """Start on one that is `Apart`, after so many starts, with nothing beside it.

        Where what is done with it ends because the store does not answer, the start
        does not count.
        """

    def acknowledge(self, ids: Sequence[str]) -> None:
        """Take entries off the pending list; only after they are durable."""

    def forget(self, ids: Sequence[str]) -> None:
        """Take entries that are gone off the pending list; they count as lost."""

    def bury_event(self, entry: str, fields: Fields, why: str, code: str) -> None:
        """Make an entry a dead letter that cannot be admitted; it is acknowledged."""

    def bury_entry(self, entry: str, why: str, code: str) -> bool:
        """Make an entry a dead letter that was not read; False where it is gone.

        It stays on the pending list.
        """

    def orders(self, numbers: Sequence[str]) -> list[Held]:
        """The orders in the order asked for."""

    def roster(self, partition: int) -> Roster:
        """The ledger's endpoints as last read; a plan made with others is stale."""

    def supposed_new(self, number: str) -> Held:
        """The order as if nobody knew it; where one does, a plan with it is stale."""

    def admit(self, admissions: Sequence[Admission]) -> list[Written]:
        """Make events durable, each on its own.

        What need not come again of the stream is acknowledged in the same step.
        """

    def claim(self, hint: Hint, most: int) -> tuple[Claim, ...]:
        """Lease what is due at the hint's destination and partition."""

    def begin(self, hint: Hint, claims: Sequence[Claim], run: str) -> list[Begun]:
        """Start an attempt of each claim, once per fence."""

    def render(
        self, hint: Hint, delivery: Delivery, run: str, body: bytes
    ) -> bytes | None:
        """Store the body of a change before it is sent; the one that is stored.

        None where the attempt is not this run's any more.
        """

    def settle(self, hint: Hint, run: str, settlements: Sequence[Settlement]) -> bool:
        """Record what became of attempts; whether more is due there now."""

    def settle_and_begin(
        self, hint: Hint, settlement: Settlement, following: Claim, run: str
    ) -> Begun:
        """Record one attempt and begin the next, in one round trip."""

    def advance(
        self, hint: Hint, run: str, advances: Sequence[Advance]
    ) -> list[Written]:
        """Record what a poll saw."""

    def uses(self, purchase_order: str, order: str) -> tuple[Use, ...]:
        """Who has this purchase order: this order, from now on, and others.

        The purchase order counts to the letter.
        """

    def give(
        self, purchase_order: str, before: tuple[Use, ...], after: tuple[Use, ...]
    ) -> bool:
        """Keep whose Westcon's orders are; False where others did so in between."""

    def amend(self, amendment: Amendment) -> bool:
        """Change an order's record; False where it is another meanwhile, or gone."""

    def hand_back(
        self, hint: Hint, claims: Sequence[Claim], after: float = 0.0
    ) -> None:
        """Give back claims that were not begun, due again in so many seconds."""


class Hints(Protocol):
    """The way to the workers: a lost hint costs a lease, never work."""

    def send(self, hints: Sequence[Hint]) -> None:
        """Send hints; never raises."""


class Gates(Protocol):
    """Each destination's breaker, rate limit and Retry-After, over all workers."""

    def served(self, destination: str) -> None:
        """A call was answered: the destination works."""

    def failed(self, destination: str, code: str = "") -> float:
        """A call was not answered, and how; seconds for which nobody may call now."""

    def wait(self, destination: str) -> float:
        """Take one call; seconds until one may be made, 0 where this one may."""

    def unused(self, destination: str) -> None:
        """A call that was allowed was not made."""

    def is_closed(self, destination: str) -> bool:
        """Whether this process knows that nobody may call now."""

    def close(
        self, destination: str, seconds: float, why: str = "", *, probe: bool = False
    ) -> None:
        """Nobody calls this destination for so long; then all do, or one first."""


class Westcon(Protocol):
    """Westcon's order status."""

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        """All lines of the orders; raises PartnerError."""

    def shipment_detail(self, order_type: str, order: str) -> ShipmentDetail:
        """One order's parcels; raises PartnerError or DecodeError."""


class Deck(Protocol):
    """DECK Commerce's account link."""

    def link(self, order_number: str, customer_id: str) -> str:
        """Link; return how it was answered; raises PartnerError or DecodeError."""

    def look(self, order_number: str, customer_id: str) -> str:
        """Look for a link that was taken: how it was found; raises PartnerError."""


class Ingram(Protocol):
    """The receivers of Ingram notifications."""

    def send(
        self,
        endpoint: str,
        event_id: str,
        body: bytes,
        attempts: int,
        number: int = 0,
        trace: str = "",
    ) -> int:
        """Send one signed notification; the status answered. Raises PartnerError."""


class Endpoints(Protocol):
    """What is known of the receivers beyond one notification, over all workers."""

    def served(self, endpoint: str) -> None:
        """It took a notification."""

    def failed(self, endpoint: str, code: str, *, gave_up: bool = False) -> None:
        """It did not, and the notification may be given up for that; never raises.

        An endpoint is disabled that fails for days, or for which many in a row are
        given up.
        """

    def disable(self, endpoint: str, why: str) -> None:
        """Send it nothing more, and keep what waits; see `Ledger` for errors."""


class Ends(Protocol):
    """How items of partners end, in a row over all workers; endpoints have their own.

    A destination for which many in a row are given up is paused, before it turns a
    backlog into dead letters.
    """

    def note(self, destination: str, outcome: Outcome) -> None:
        """A call for an item led to this; never raises."""


def _in_silence(_what: str, _error: Exception) -> None:
    """Report nothing."""


def _as_it_came(traceparent: str, *_names: object) -> str:
    """Make no span."""
    return traceparent


@dataclass(frozen=True, slots=True)
class Services:
    """All of it, with the clock and the dice.

    Attributes:
        now_ms: UTC milliseconds.
        monotonic: seconds, for how long a hint has been under way.
        dice: numbers in [0, 1).
        token: a name for a run, different every time.
        stopping: whether the worker is on its way out.
        unnoted: called with what could not be noted beside a call ("gate"), and why.
        policies: each destination's pauses.
        parcel: how many items of a destination a task may claim beyond its hint; 0
            where the gate or a rate limit has to be asked first.
        seconds: how long a call to a destination takes lately.
        hold_seconds: how long a task may go on beginning the items of one hint.
        span_of: the traceparent of a span, of its parent's and what names the span; the
            parent's own where no spans are made.
        company: who of this process's threads receives events beside others.
    """

    ledger: Ledger
    hints: Hints
    gates: Gates
    endpoints: Endpoints
    ends: Ends
    rules: PlanRules
    policies: Mapping[str, RetryPolicy]
    hint_size: Callable[[str], int]
    seconds: Callable[[str], float]
    hold_seconds: float
    now_ms: Callable[[], int]
    monotonic: Callable[[], float]
    dice: Callable[[], float]
    token: Callable[[], str]
    stopping: Callable[[], bool]
    unnoted: Callable[[str, Exception], None] = _in_silence
    span_of: Callable[..., str] = _as_it_came
    company: Company = field(default_factory=Company)
