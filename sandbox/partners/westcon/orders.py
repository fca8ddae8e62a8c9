"""Store of Westcon's orders, which advance by time, by poll, or by command."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from zlib import crc32

from sandbox.partners.westcon.plans import (
    OrderLine,
    Pace,
    Plan,
    bare,
    some_lines,
    steps_of,
)

__all__ = [
    "OrderBook",
    "OrderLine",
    "OrderState",
    "Pace",
    "Plan",
    "some_lines",
    "steps_of",
]


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order as it stands."""

    number: str
    customer_order: str
    lines: tuple[OrderLine, ...]
    plan: Plan
    polls: int
    position: int
    statuses: tuple[str, ...]
    since: datetime
    day: str = ""


@dataclass(slots=True)
class _Order:
    number: str
    customer_order: str
    lines: tuple[OrderLine, ...]
    plan: Plan
    polls: int = 0
    by_hand: int = 0
    started: float = field(default_factory=time.monotonic)
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    day: str = ""

    def state(self) -> OrderState:
        position = self._position()
        snapshot = self.plan.snapshots[position]
        each = snapshot if len(snapshot) > 1 else snapshot * len(self.lines)
        return OrderState(
            self.number,
            self.customer_order,
            self.lines,
            self.plan,
            self.polls,
            position,
            each,
            self.since,
            self.day,
        )

    def polled(self) -> None:
        if not self.polls and self.plan.from_first_poll:
            self.started = time.monotonic()
        self.polls += 1

    def _position(self) -> int:
        last = len(self.plan.snapshots) - 1
        return min(last, int(self._moved() / self.plan.every) + self.by_hand)

    def _moved(self) -> float:
        match self.plan.by:
            case "polls":
                return self.polls
            case "seconds" if self.polls or not self.plan.from_first_poll:
                return time.monotonic() - self.started
            case _:
                return 0


class OrderBook:
    """Thread-safe; leading zeros of an order number do not count.

    Args:
        pace: seconds between the snapshots of an order without a plan.
        auto: statuses, one per poll, of any order nobody put; () knows none.
        auto_lines: how many lines such an order has.
    """

    def __init__(
        self, pace: float = 2.0, auto: Sequence[str] = (), auto_lines: int = 1
    ) -> None:
        self._lock = Lock()
        self._pace = pace
        self._orders: dict[str, _Order] = {}
        self._by_customer: dict[str, list[str]] = {}
        self._auto_at_start = (tuple(auto), auto_lines)
        self._auto, self._auto_lines = self._auto_at_start

    def put(
        self,
        number: str,
        lines: Sequence[OrderLine] = (OrderLine(),),
        customer_order: str = "",
        plan: Plan | None = None,
        day: str = "",
    ) -> None:
        """Make an order, or make it anew.

        Without a plan it is scheduled, shipped, invoiced at the book's pace. Several
        may have one customer's order number: then it is used again, or split.

        Args:
            number: Westcon's own.
            lines: what was ordered.
            customer_order: the customer's purchase order.
            plan: how it moves on.
            day: yyyymmdd, of every status and shipment; "" is today.

        Raises:
            ValueError: the plan cannot be followed; the message states why.
        """
        used = plan or steps_of(("SCH", "SHI", "INV"), every=self._pace)
        _check(number, lines, used)
        with self._lock:
            made = _Order(number, customer_order, tuple(lines), used, day=day)
            self._keep(made)

    def final(self, number: str, n_lines: int = 1, customer_order: str = "") -> None:
        """An order that is invoiced from the start."""
        self.put(number, some_lines(n_lines), customer_order, steps_of(("INV",)))

    def stepping(
        self,
        number: str,
        statuses: Sequence[str | Sequence[str]],
        by: Pace = "polls",
        every: float = 1,
        n_lines: int = 1,
    ) -> None:
        """An order that goes through these statuses."""
        self.put(number, some_lines(n_lines), "", steps_of(statuses, by, every))

    def advance(self, number: str, steps: int = 1) -> None:
        """Move an order on by hand, beside whatever else moves it.

        Raises:
            KeyError: there is no such order.
        """
        with self._lock:
            self._orders[bare(number)].by_hand += steps

    def look(self, number: str) -> OrderState | None:
        """An order as it stands, without polling it."""
        with self._lock:
            order = self._orders.get(bare(number))
            return order.state() if order else None

    def answer_all(self, statuses: Sequence[str], n_lines: int = 1) -> None:
        """Know every order number from now on; () ends that."""
        with self._lock:
            self._auto, self._auto_lines = tuple(statuses), n_lines

    def poll(
        self,
        order_type: str,
        number: str,
        *,
        effect: bool = True,
        folded: bool = False,
    ) -> tuple[OrderState, ...]:
        """What Westcon finds under a number of its own (W) or a customer's (C).

        A customer's is found to the letter, or, folded, without regard to case and
        leading zeros.
        """
        with self._lock:
            states = []
            for order in self._found(order_type, number, folded=folded):
                states.append(order.state())
                if effect:
                    order.polled()
            return tuple(states)

    def clear(self) -> None:
        """Forget every order."""
        with self._lock:
            self._orders.clear()
            self._by_customer.clear()
            self._auto, self._auto_lines = self._auto_at_start

    def _found(
        self, order_type: str, number: str, *, folded: bool = False
    ) -> list[_Order]:
        if order_type == "C":
            alike = [number]
            if folded:
                alike = [
                    one for one in self._by_customer if _fold(one) == _fold(number)
                ]
            known = [own for one in alike for own in self._by_customer.get(one, [])]
            found = [self._orders[own] for own in known]
        else:
            order = self._orders.get(bare(number))
            found = [order] if order else []
        if found or not self._auto:
            return found
        return [self._keep(self._made_up(order_type, number))]

    def _made_up(self, order_type: str, number: str) -> _Order:
        customer = number if order_type == "C" else ""
        own = f"6{crc32(number.encode()):010d}"[:10] if customer else number
        plan = steps_of(self._auto, "polls")
        return _Order(own, customer, some_lines(self._auto_lines), plan)

    def _keep(self, order: _Order) -> _Order:
        key = bare(order.number)
        self._orders[key] = order
        if order.customer_order:
            own = self._by_customer.setdefault(order.customer_order, [])
            if key not in own:
                own.append(key)
        return order


def _fold(customer_order: str) -> str:
    return bare(customer_order).upper()


def _check(number: str, lines: Sequence[OrderLine], plan: Plan) -> None:
    if not plan.snapshots or plan.every <= 0:
        raise ValueError(f"order {number}: the plan has no snapshots or no pace")
    if any(len(snapshot) not in {1, len(lines)} for snapshot in plan.snapshots):
        raise ValueError(f"order {number}: a snapshot needs one status, or one a line")
    for line in lines:
        float(line.quantity)
