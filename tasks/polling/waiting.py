"""Wait of shipped quantity for its tracking numbers, before it is notified.

What waits is not taken from the answer: the next look finds it again. So nothing but
the moment at which the waiting began is kept, and no worker's death loses anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from serializers.order_parcels import OrderParcels
from serializers.order_record import Order
from serializers.shipment import Shipment
from serializers.westcon.reply import StatusLine
from serializers.westcon.shipment_detail import ShipmentDetail
from tasks.planning.lines.answer import Row
from tasks.planning.lines.parcels import attributed
from tasks.planning.lines.transitions import Transition
from tasks.planning.statuses import StatusTable, is_stage, rule_of


@dataclass(frozen=True, slots=True)
class NoDetail:
    """Why there is no answer about one of Westcon's orders.

    Attributes:
        why: a short constant, as "http_503".
        wait: seconds until asking may help; None where nobody waits for it.
        closes: whether later looks do not ask for these lines any more.
    """

    why: str
    wait: float | None = None
    closes: bool = False


#: What was learnt about each of Westcon's orders that was asked for, by its number.
Details = Mapping[str, ShipmentDetail | NoDetail]

#: A line that has been shipped since the question: the next look asks.
NOT_ASKED = NoDetail("not_asked", wait=1.0)


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of an answer.

    Attributes:
        rows: those that do not wait, with their parcels.
        parcels: what the record keeps.
        again: seconds until those that wait are looked at again; None for none.
        held: the keys of the lines that wait.
        without: why lines are notified without their parcels.
    """

    rows: tuple[Row, ...]
    parcels: OrderParcels
    again: float | None = None
    held: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def shipped_now(transitions: Iterable[Transition], table: StatusTable) -> set[str]:
    """The keys of lines of which quantity is first seen as shipped.

    What is first seen as invoiced is not among them.
    """
    return {
        change.line.key
        for change in transitions
        for growth in change.growths
        if _is_shipped(growth.code, table) and change.line.sub_order
    }


def has_shipped(lines: Iterable[StatusLine], table: StatusTable) -> bool:
    """Whether an answer has anything shipped that is not invoiced yet."""
    return any(_is_shipped(line.status, table) for line in lines)


def _is_shipped(status: str, table: StatusTable) -> bool:
    rule = rule_of(status, table)
    return is_stage(rule) and not rule.terminal


def to_ask(order: Order, rows: Sequence[Row], shipped: set[str]) -> tuple[str, ...]:
    """Westcon's orders with a line whose parcels are not known yet."""
    wanted = shipped.union(order.parcels.open)
    return tuple(dict.fromkeys(row.sub_order for row in rows if row.key in wanted))


def take(
    order: Order,
    rows: Sequence[Row],
    shipped: set[str],
    details: Details,
    now_ms: int,
    longest: float,
) -> Taken:
    """Hold back the rows that wait, and give the others their parcels.

    Args:
        order: as it was before the answer.
        rows: of the answer.
        shipped: see `shipped_now`.
        details: what asking has brought.
        now_ms: the moment of the look.
        longest: seconds that shipped quantity waits at most.
    """
    # With a moment to come Redis' clock once ran ahead: the wait begins anew.
    since = min(order.parcels.waits_ms or now_ms, now_ms)
    left = longest - (now_ms - since) / 1000
    numbers = {row.key: row.sub_order for row in rows}
    waits = {key: _wait(details.get(numbers[key], NOT_ASKED), left) for key in shipped}
    held = {key: wait for key, wait in waits.items() if wait is not None}
    opened = dict.fromkeys((*order.parcels.open, *sorted(shipped)))
    parcels = replace(
        order.parcels,
        waits_ms=since if held else 0,
        open=tuple(key for key in opened if key not in held),
    )
    taken = tuple(row for row in rows if row.key not in held)
    for number, detail in details.items():
        own = [row for row in taken if row.sub_order == number]
        if isinstance(detail, NoDetail):
            parcels = _closed(parcels, own) if detail.closes else parcels
            continue
        known = {ln.key for ln in order.lines if ln.sub_order == number and ln.reached}
        reached = known | {row.key for row in own if row.key in shipped}
        facts, parcels = attributed(order.lines, own, parcels, reached, detail)
        taken = _with_facts(taken, facts)
    gone = [details.get(numbers[key], NOT_ASKED) for key in sorted(shipped - {*held})]
    whys = (one.why for one in gone if isinstance(one, NoDetail))
    return Taken(
        taken,
        parcels,
        min(held.values(), default=None),
        held=tuple(sorted(held)),
        without=tuple(dict.fromkeys(whys)),
    )


def _wait(detail: ShipmentDetail | NoDetail, left: float) -> float | None:
    """Seconds until another look; None where the line does not wait."""
    if isinstance(detail, ShipmentDetail) or detail.wait is None:
        return None
    # An answer that cannot come in time is not waited for.
    return max(1.0, detail.wait) if detail.wait < left else None


def _closed(parcels: OrderParcels, rows: Iterable[Row]) -> OrderParcels:
    keys = {row.key for row in rows}
    return replace(parcels, open=tuple(key for key in parcels.open if key not in keys))


def _with_facts(
    rows: Sequence[Row], facts: Mapping[str, Sequence[Shipment]]
) -> tuple[Row, ...]:
    """The rows, the first one of each line with its shipments."""
    left = dict(facts)
    return tuple(
        replace(row, shipments=(*row.shipments, *left.pop(row.key, ()))) for row in rows
    )
