"""Join of one of Westcon's answers into an order's snapshot, as far as it is taken."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from serializers.formats.text import unpadded
from serializers.line_key import line_key
from serializers.order_record import Line, Order
from serializers.westcon.line import Unread
from serializers.westcon.reply import StatusLine
from tasks.planning.corrections import recalled
from tasks.planning.lines.answer import Question, Row
from tasks.planning.lines.distribution import is_finished
from tasks.planning.lines.line_keys import adopted
from tasks.planning.lines.parcels import with_parcels
from tasks.planning.lines.snapshot import (
    Changes,
    changed_lines,
    with_changes,
)
from tasks.planning.lines.transitions import Transition
from tasks.planning.rules import PlanRules
from tasks.planning.statuses import NOT_AUTHENTIC
from tasks.polling.ownership import UNASKED, Owners, SortedOut, sort_out
from tasks.polling.waiting import (
    Details,
    Taken,
    shipped_now,
    take,
    to_ask,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One of Westcon's answers read against an order's record, all of it taken.

    Attributes:
        answer: what of it is the order's.
        seen: the snapshot before.
        rows: of all that is the order's.
        question: that it answers.
        changes: what it means to each line.
    """

    answer: SortedOut
    seen: tuple[Line, ...]
    rows: tuple[Row, ...]
    question: Question
    changes: Changes

    @property
    def transitions(self) -> list[Transition]:
        """Of the lines that have one."""
        return [one for one in self.changes.values() if one is not None]


def read_answer(
    before: Order,
    lines: Sequence[StatusLine],
    rules: PlanRules,
    asked_ms: int,
    now_ms: int,
    *,
    owners: Owners = UNASKED,
) -> Reading:
    """Read an answer.

    Args:
        before: the order as the ledger holds it.
        lines: Westcon's lines of it.
        rules: statuses, bounds.
        asked_ms: the moment of the question.
        now_ms: the moment of the look.
        owners: see `sort_out`.
    """
    answer = sort_out(before, lines, rules.statuses, owners)
    rows = _rows(answer.own)
    # What was seen before a correction is known, whichever reference has led to it.
    known = recalled(before, {row.key for row in rows}).lines
    question = Question(asked_ms, confirm_ms=int(rules.poll.shortest * 1000))
    seen = adopted(_healed(known, now_ms), rows, rules.statuses)
    changes = changed_lines(seen, rows, rules.statuses, question)
    return Reading(answer, seen, rows, question, changes)


def parcels_wanted(order: Order, reading: Reading, rules: PlanRules) -> tuple[str, ...]:
    """Westcon's orders of which the parcels are asked for after this answer.

    Nothing is asked of an order that the answer finishes.

    Args:
        order: as the ledger holds it.
        reading: of the answer.
        rules: statuses, and whether anything is asked at all.
    """
    if not rules.poll.shipment_detail or order.cancelled or order.baseline:
        return ()
    shipped = shipped_now(reading.transitions, rules.statuses)
    if not (shipped or order.parcels.open):
        return ()
    lines = {line.key: line for line in reading.seen}
    lines |= {one.line.key: one.line for one in reading.transitions}
    if all_finished(lines.values(), rules):
        return ()
    return to_ask(order, reading.rows, shipped)


@dataclass(frozen=True, slots=True)
class Joined:
    """What an answer makes of an order's lines, but for what waits for its parcels.

    Attributes:
        reading: of the answer, all of it taken.
        taken: what is taken of it.
        snapshot: the snapshot after.
        transitions: from the snapshot before.
    """

    reading: Reading
    taken: Taken
    snapshot: tuple[Line, ...]
    transitions: tuple[Transition, ...]


def join_taken(
    before: Order,
    reading: Reading,
    rules: PlanRules,
    now_ms: int,
    details: Details | None,
) -> Joined:
    """Join an answer, but for what waits for its parcels.

    Args:
        before: the order as the ledger holds it.
        reading: of the answer.
        rules: statuses, bounds.
        now_ms: the moment of the look.
        details: what was learnt of the order's parcels, None where nobody asks.
    """
    taken, seen, changes = Taken(before.parcels), reading.seen, reading.changes
    if details is not None and not before.baseline:
        shipped, longest = (
            shipped_now(reading.transitions, rules.statuses),
            rules.poll.shipment_wait,
        )
        taken = take(
            before.parcels, seen, reading.rows, shipped, details, now_ms, longest
        )
    if taken.held or taken.facts:
        lines = {line.key: line for line in seen}
        changes = {
            key: with_parcels(change, lines.get(key), taken.facts.get(key, ()))
            for key, change in changes.items()
            if key not in taken.held
        }
    snapshot, transitions = with_changes(seen, changes, reading.question)
    return Joined(reading, taken, snapshot, transitions)


def all_finished(snapshot: Collection[Line], rules: PlanRules) -> bool:
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
        unread=_unread(reported.unread) if reported.unread else "",
    )


def _unread(values: Sequence[Unread]) -> str:
    return "; ".join(f"{one.field} {one.text}" for one in values)


def _healed(lines: Sequence[Line], now_ms: int) -> tuple[Line, ...]:
    """The lines without moments to come, with which Redis' clock once ran ahead.

    They count as none, or no answer would be newer until then.
    """
    if max((line.asked_ms for line in lines), default=0) <= now_ms:
        return tuple(lines)
    return tuple(
        line._replace(asked_ms=0, shrunk_ms=0) if line.asked_ms > now_ms else line
        for line in lines
    )
