"""Wait of shipped quantity for its tracking numbers, before it is notified.

What waits is not taken from the answer: the next look finds it again. So nothing but
the moment at which the waiting began is kept, and no worker's death loses anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from serializers.order_parcels import OrderParcels, Wait
from serializers.order_record import Line, Order
from serializers.shipment import Shipment
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
        parcels: what the record keeps.
        facts: shipments with parcels, by the key of their line.
        again: seconds until lines that wait are looked at again; None for none.
        held: the keys of the lines that wait, which are left in the answer.
        without: why lines are notified without their parcels.
    """

    parcels: OrderParcels
    facts: Mapping[str, Sequence[Shipment]] = field(default_factory=dict)
    again: float | None = None
    held: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def shipped_now(
    transitions: Iterable[Transition], table: StatusTable
) -> dict[str, str]:
    """How much of each line has been shipped, where some is first seen as shipped.

    Returns:
        Quantities by the key of their line, as the growth has them: "?" for one that is
        not known. What is first seen as invoiced is not among them.
    """
    return {
        change.line.key: growth.after
        for change in transitions
        for growth in change.growths
        if _is_shipped(growth.code, table) and change.line.sub_order
    }


def _is_shipped(status: str, table: StatusTable) -> bool:
    rule = rule_of(status, table)
    return is_stage(rule) and not rule.terminal


def to_ask(
    order: Order, rows: Sequence[Row], shipped: Iterable[str]
) -> tuple[str, ...]:
    """Westcon's orders with a line whose parcels are not known yet."""
    wanted = {*shipped, *order.parcels.open}
    return tuple(dict.fromkeys(row.sub_order for row in rows if row.key in wanted))


def take(  # noqa: PLR0913, PLR0917 (a pure decision has all that it depends on as arguments)
    kept: OrderParcels,
    seen: Sequence[Line],
    rows: Sequence[Row],
    shipped: Mapping[str, str],
    details: Details,
    now_ms: int,
    longest: float,
) -> Taken:
    """Hold back the lines that wait, and give the others their parcels.

    Args:
        kept: what the record keeps before the answer.
        seen: the snapshot before.
        rows: of the answer.
        shipped: see `shipped_now`.
        details: what asking has brought.
        now_ms: the moment of the look.
        longest: seconds that shipped quantity of a line waits at most.
    """
    if not (shipped or details or kept.waits):
        return Taken(kept)
    numbers = {row.key: row.sub_order for row in rows}
    waits = [_begun(kept, key, shipped[key], now_ms) for key in sorted(shipped)]
    held: dict[Wait, float] = {}
    over: dict[Wait, ShipmentDetail | NoDetail] = {}
    for wait in waits:
        detail = details.get(numbers[wait.key], NOT_ASKED)
        after = _wait(detail, longest - (now_ms - wait.since_ms) / 1000)
        if after is None:
            over[wait] = detail
        else:
            held[wait] = after
    keys = tuple(wait.key for wait in held)
    opened = dict.fromkeys((*kept.open, *(wait.key for wait in over)))
    parcels = replace(
        kept, waits=tuple(held), open=tuple(key for key in opened if key not in keys)
    )
    taken = [row for row in rows if row.key not in keys]
    facts, parcels = _attributed(parcels, seen, taken, shipped, details)
    whys = (one.why for one in over.values() if isinstance(one, NoDetail))
    return Taken(
        _still_open(parcels, over, shipped),
        facts,
        min(held.values(), default=None),
        held=keys,
        without=tuple(dict.fromkeys(whys)),
    )


def _begun(kept: OrderParcels, key: str, shipped: str, now_ms: int) -> Wait:
    """The wait of a line, which begins now where it has not begun before."""
    known = {one.key: one for one in kept.waits}
    wait = known.get(key) or known.get("")
    if wait is None:
        return Wait(key, now_ms, shipped)
    # With a moment to come Redis' clock once ran ahead: the wait begins anew.
    return Wait(key, min(wait.since_ms, now_ms), wait.shipped)


def _attributed(
    parcels: OrderParcels,
    seen: Sequence[Line],
    taken: Sequence[Row],
    shipped: Iterable[str],
    details: Details,
) -> tuple[dict[str, Sequence[Shipment]], OrderParcels]:
    """The shipments that the answers bring to each line, and what the record keeps."""
    facts: dict[str, Sequence[Shipment]] = {}
    for number, detail in details.items():
        own = [row for row in taken if row.sub_order == number]
        if isinstance(detail, NoDetail):
            parcels = _closed(parcels, own) if detail.closes else parcels
            continue
        known = {ln.key for ln in seen if ln.sub_order == number and ln.reached}
        reached = known.union(row.key for row in own if row.key in shipped)
        found, parcels = attributed(seen, own, parcels, reached, detail)
        facts |= found
    return facts, parcels


def _still_open(
    parcels: OrderParcels,
    over: Mapping[Wait, ShipmentDetail | NoDetail],
    shipped: Mapping[str, str],
) -> OrderParcels:
    """Keep asking for lines of which more has been shipped while they waited.

    The answer that ended the wait may be about the first of it alone.
    """
    grown = [
        wait.key
        for wait, detail in over.items()
        if isinstance(detail, ShipmentDetail)
        and wait.shipped not in {"", shipped[wait.key]}
    ]
    if not grown:
        return parcels
    return replace(parcels, open=tuple(dict.fromkeys((*parcels.open, *grown))))


def _wait(detail: ShipmentDetail | NoDetail, left: float) -> float | None:
    """Seconds until another look; None where the line does not wait."""
    if isinstance(detail, ShipmentDetail) or detail.wait is None:
        return None
    # An answer that cannot come in time is not waited for.
    return max(1.0, detail.wait) if detail.wait < left else None


def _closed(parcels: OrderParcels, rows: Iterable[Row]) -> OrderParcels:
    keys = {row.key for row in rows}
    return replace(parcels, open=tuple(key for key in parcels.open if key not in keys))
