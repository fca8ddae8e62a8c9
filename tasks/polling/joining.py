"""Join of one of Westcon's answers into an order's snapshot, as far as it is taken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from serializers.formats.text import unpadded
from serializers.line_key import line_key
from serializers.order_record import Line, Order
from serializers.westcon.reply import StatusLine
from tasks.planning.line_keys import adopted
from tasks.planning.lines.answer import Row
from tasks.planning.lines.distribution import is_finished
from tasks.planning.lines.snapshot import Question, join
from tasks.planning.lines.transitions import Transition
from tasks.planning.rules import PlanRules
from tasks.planning.statuses import NOT_AUTHENTIC
from tasks.polling.ownership import SortedOut, sort_out
from tasks.polling.waiting import (
    Details,
    Taken,
    has_shipped,
    shipped_now,
    take,
    to_ask,
)


@dataclass(frozen=True, slots=True)
class Joined:
    """What an answer makes of an order's lines.

    Attributes:
        answer: what of it is the order's.
        seen: the snapshot before.
        rows: of all that is the order's.
        taken: what is taken of it.
        snapshot: the snapshot after.
        transitions: from the one to the other.
    """

    answer: SortedOut
    seen: tuple[Line, ...]
    rows: tuple[Row, ...]
    taken: Taken
    snapshot: tuple[Line, ...]
    transitions: tuple[Transition, ...]


def joined_answer(
    before: Order,
    lines: Sequence[StatusLine],
    rules: PlanRules,
    asked_ms: int,
    now_ms: int,
    details: Details | None,
) -> Joined:
    """Join an answer, but for what waits for its parcels.

    Args:
        before: the order as the ledger holds it.
        lines: Westcon's lines of it.
        rules: statuses, bounds.
        asked_ms: the moment of the question.
        now_ms: the moment of the look.
        details: what was learnt of the order's parcels, None where nobody asks.
    """
    table = rules.statuses
    answer = sort_out(before, lines, table)
    rows = _rows(answer.own)
    question = Question(asked_ms, confirm_ms=int(rules.poll.shortest * 1000))
    seen = adopted(_healed(before.lines, now_ms), rows)
    snapshot, transitions = join(seen, rows, table, question)
    taken = Taken(rows, before.parcels)
    if details is not None and not before.baseline:
        shipped = shipped_now(transitions, table)
        known, longest = replace(before, lines=seen), rules.poll.shipment_wait
        taken = take(known, rows, shipped, details, now_ms, longest)
    if taken.rows != rows:
        snapshot, transitions = join(seen, taken.rows, table, question)
    return Joined(answer, seen, rows, taken, snapshot, transitions)


def parcels_wanted(
    order: Order | None,
    lines: Sequence[StatusLine],
    rules: PlanRules,
    asked_ms: int,
    now_ms: int,
) -> tuple[str, ...]:
    """Westcon's orders of which the parcels are asked for after this answer.

    Nothing is asked of an order that the answer finishes. Arguments are as those of
    `joined_answer`.
    """
    if not rules.poll.shipment_detail or order is None:
        return ()
    if order.cancelled or order.baseline:
        return ()
    # Most looks see nothing shipped; these are not compared twice.
    if not order.parcels.open and not has_shipped(lines, rules.statuses):
        return ()
    joined = joined_answer(order, lines, rules, asked_ms, now_ms, None)
    if all_finished(joined.snapshot, rules):
        return ()
    shipped = shipped_now(joined.transitions, rules.statuses)
    return to_ask(order, joined.rows, shipped)


def all_finished(snapshot: Sequence[Line], rules: PlanRules) -> bool:
    """Whether nothing more can come of an order with these lines."""
    table = rules.statuses
    return bool(snapshot) and all(is_finished(line, table) for line in snapshot)


def _rows(lines: Sequence[StatusLine]) -> tuple[Row, ...]:
    return tuple(row_of(line) for line in lines if line.status != NOT_AUTHENTIC)


def row_of(reported: StatusLine) -> Row:
    """A row of the answer as planning takes it."""
    number = reported.line_number or reported.customer_line_number
    return Row(
        key=line_key(reported.order_number, unpadded(number)),
        number=number,
        sub_order=reported.order_number,
        status=reported.status,
        status_date=reported.status_date,
        quantity=reported.quantity,
        part=reported.product_number,
        ship_date=reported.ship_date,
        invoice=reported.invoice,
        unread="; ".join(f"{one.field} {one.text}" for one in reported.unread),
    )


def _healed(lines: Sequence[Line], now_ms: int) -> tuple[Line, ...]:
    """The lines without moments to come, with which Redis' clock once ran ahead.

    They count as none, or no answer would be newer until then.
    """
    return tuple(
        replace(line, asked_ms=0, shrunk_ms=0) if line.asked_ms > now_ms else line
        for line in lines
    )
