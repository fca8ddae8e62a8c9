"""Plans of orders: what was ordered, and the snapshots to go through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Pace = Literal["seconds", "polls", "hand"]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What was ordered; numbers as people write them, without padding."""

    number: str = "10"
    product: str = "SKU-1"
    quantity: str = "1"
    unit: str = "EA"
    customer_line: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The snapshots an order goes through; it stays at the last.

    Attributes:
        snapshots: each holds one status for all lines, or one for each; a line whose
            status is "" is not in the reply. So lines come, go, and split: those of one
            number are parts of a quantity.
        by: what moves the order on. Polls count answered ones: the first poll
            sees the first snapshot.
        every: seconds or polls between two snapshots.
        from_first_poll: whether the seconds run from the first poll instead of
            from the order's making.
    """

    snapshots: tuple[tuple[str, ...], ...]
    by: Pace = "seconds"
    every: float = 1.0
    from_first_poll: bool = False


def bare(number: str) -> str:
    """An order number without its padding."""
    return number.strip().lstrip("0") or "0"


def some_lines(count: int) -> tuple[OrderLine, ...]:
    """Lines 10, 20, 30, ..., each of another product."""
    return tuple(
        OrderLine(number=str(n * 10), product=f"SKU-{n}") for n in range(1, count + 1)
    )


def steps_of(
    statuses: Sequence[str | Sequence[str]], by: Pace = "seconds", every: float = 1.0
) -> Plan:
    """A plan from one status, or one per line, for each snapshot."""
    snapshots = tuple(
        (one,) if isinstance(one, str) else tuple(one) for one in statuses
    )
    return Plan(snapshots, by, every)


def read_plan(document: Mapping[str, Any]) -> Plan:
    """Read a plan from the control API."""
    plan = steps_of(document["snapshots"])
    given = {name: document[name] for name in document if name != "snapshots"}
    return Plan(plan.snapshots, **given)
